"""How far scores of a sample brand can be trusted: judged on later days, beside baselines."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.measure import EVENTS_PER_PERSON, KEY, Report
from benchmarks.warehouse import dbt

DAYS, SEED = 90, 7
CONTENDERS = ("model", "recency", "rfm", "average", "gradient_boosting")
METRICS = ("auc", "pr_auc", "brier", "lift_of_first_tenth")
HEADER = (
    "| score | contender | AUC | PR-AUC | Brier | lift of the first tenth |\n"
    "|---|---|---:|---:|---:|---:|\n"
)
FOUND = """
    select score_name, metric, contender, value
    from marts.score_evaluations
    where bin is null
    order by all
"""
VERDICTS = """
    select distinct score_name, is_published, verdict
    from marts.score_evaluations
    order by score_name
"""
TENTHS = """
    select score_name, string_agg(printf('%.3f/%.3f', foretold, came_true), ' ' order by bin)
    from (
        select
            score_name,
            bin,
            max(value) filter (metric = 'calibration_foretold') as foretold,
            max(value) filter (metric = 'calibration_came_true') as came_true
        from marts.score_evaluations
        where bin is not null
        group by score_name, bin
    )
    group by score_name order by score_name
"""


def table(directory: Path, events: int) -> str:
    """Build the brand, learn its scores, and tell how they fared on days held out."""
    # not above: what dbt itself needs is no part of other benchmarks
    from ingestion.scores.scores import scores
    from ingestion.warehouse import Warehouse
    from tests.warehouse.worlds import environment, write_world

    people, brand = events // EVENTS_PER_PERSON, directory / "brand"
    with environment(OMNITOUCH_HMAC_KEY=KEY):
        write_world(brand, people, DAYS, SEED)
        dbt(brand, "seed")
        marts = ("+customer_value", "+customer_scores", "+score_evaluations", "+customer_rfm")
        dbt(brand, "run", "--select", *marts, "int_customer_snapshots")
        learned = scores(Warehouse(brand))
        dbt(brand, "run", "--select", "stg_scores__figures+", "--exclude", "customer_profiles")
    about = f"`python -m benchmarks scores --people {people}`: {DAYS} days, seed {SEED}."
    return f"{about}\n\n{_told(brand) or ' '.join(learned)}"


def _told(brand: Path) -> str:
    """A row for each score and contender, and a line on how far its probabilities are off."""
    with duckdb.connect(str(brand / "omnitouch.duckdb"), read_only=True) as database:
        found = {row[:3]: row[3] for row in database.execute(FOUND).fetchall()}
        verdicts = database.execute(VERDICTS).fetchall()
        tenths = database.execute(TENTHS).fetchall()
    names = [name for name, *_ in verdicts if (name, "auc", "model") in found]
    rows = "".join(
        f"| {name} | {contender} | "
        + " | ".join(f"{found[name, metric, contender]:.3f}" for metric in METRICS)
        + " |\n"
        for name in names
        for contender in CONTENDERS
    )
    about = "".join(
        f"- {name}: {found[name, 'customers_judged', 'actual']:,.0f} customers and days judged, "
        f"{found[name, 'share_come_true', 'actual']:.3f} come true; tenths are off by "
        f"{found[name, 'calibration_error_mean', 'model']:.3f} on average, "
        f"{found[name, 'calibration_error_most', 'model']:.3f} at most (said/came: "
        f"{dict(tenths)[name]}).\n"
        for name in names
    )
    said = "".join(
        f"- {name}: {'published' if is_published else 'not published'}, {verdict}.\n"
        for name, is_published, verdict in verdicts
    )
    return f"{HEADER}{rows}\n{about}{said}" if verdicts else ""


REPORT = Report("scores of customers, beside their baselines", table)
