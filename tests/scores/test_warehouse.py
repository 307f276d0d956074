"""Real orders through declared files: known figures, plain SQL, and what a fit makes of them."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from ingestion.loading import run as load
from ingestion.scores.scores import scores
from ingestion.scores.value import BgNbd, GammaGamma, expected_purchases
from ingestion.warehouse import Warehouse
from tests.warehouse import worlds
from tests.warehouse.test_declared_files import CDNOW, UCI
from tests.warehouse.worlds import query

CALIBRATED_UNTIL = "1997-09-30"
DAYS = 5
MARTS = ("customer_rfm", "customer_value", "customer_scores", "score_evaluations")
LAST_DAY = "2010-12-06"
PLAIN_RFM = f"""
    with lines as (
        select
            CustomerID as customer,
            InvoiceNo as receipt,
            -- the day in Shanghai
            cast(timezone('Asia/Shanghai', timezone('Europe/London', InvoiceDate)) as date) as day,
            cast(Quantity * UnitPrice as decimal(18, 4)) as money
        from read_csv('{{uci}}/*.csv', types = {{{{'InvoiceNo': 'VARCHAR'}}}})
        where CustomerID is not null
        union all
        select
            sample_id, row_number() over (), strptime(day, '%Y%m%d')::date,
            cast(amount as decimal(18, 4))
        from cdnow
    )
    select
        cast('{LAST_DAY}' as date) - max(day) filter (receipt not like 'C%'),
        count(distinct receipt) filter (receipt not like 'C%'),
        sum(money)
    from lines
    where day <= '{LAST_DAY}'
    group by customer
    having count(*) filter (receipt not like 'C%') > 0
"""


def dated(day: str) -> tuple[str, str]:
    return ("--vars", f"{{score_date: '{day}'}}")


@pytest.fixture(scope="module")
def warehouse(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both data sets, built as of the end of CDNOW's calibration, fitted, and built again."""
    directory = tmp_path_factory.mktemp("scores")
    (directory / "uci").mkdir()
    for day in sorted((shared_data / "orders" / "uci_online_retail").glob("*.csv"))[:DAYS]:
        shutil.copy2(day, directory / "uci")
    cdnow = CDNOW.format(path=shared_data / "orders" / "cdnow" / "CDNOW_sample.txt")
    manifest = cdnow + UCI.partition("files:\n")[2]
    (directory / "manifest.yml").write_text(manifest, encoding="utf-8")
    worlds.empty_warehouse(directory)
    load(Warehouse(directory), [directory / "manifest.yml"], lambda _: None)
    marts = [f"+{mart}" for mart in MARTS]
    as_of = dated(CALIBRATED_UNTIL)
    worlds.dbt(directory, "run", "--select", *marts, "int_customer_snapshots", settings=as_of)
    told = "\n".join(scores(Warehouse(directory)))
    assert "customer_value: of" in told
    worlds.dbt(directory, "run", "--select", "path:models/marts/scores", settings=as_of)
    return directory


def test_the_published_frequency_recency_and_age_of_cdnow(
    warehouse: Path, shared_data: Path
) -> None:
    with (shared_data / "orders" / "cdnow" / "cdnow_customers_summary.csv").open() as file:
        published = Counter(
            (int(row["frequency"]), float(row["recency"]), float(row["T"]))
            for row in csv.DictReader(file)
        )
    found = query(
        warehouse,
        "select repeat_purchases, round(days_to_last_purchase / 7, 2), round(days_observed / 7, 2) "
        "from marts.customer_value",
    )
    assert len(found) == 2357
    assert Counter(found) == published


def test_the_published_parameters_are_landed_and_scored_with(warehouse: Path) -> None:
    parameters = dict(
        query(
            warehouse,
            "select metric, value from marts.score_evaluations where score_name = 'customer_value' "
            "and contender is null",
        )
    )
    purchases = BgNbd(*(parameters[name] for name in BgNbd._fields))
    money = GammaGamma(*(parameters[name] for name in GammaGamma._fields))
    assert purchases == pytest.approx((0.243, 4.414, 0.793, 2.426), rel=0.01)
    assert money == pytest.approx((6.25, 3.74, 15.44), rel=0.02)
    columns = (
        "repeat_purchases, days_to_last_purchase, days_observed, coalesce(repeat_value, 0), "
        "expected_purchases, expected_purchase_value, expected_value"
    )
    x, t_x, t, paid, expected, each, value = np.array(
        query(warehouse, f"select {columns} from marts.customer_value"), dtype=float
    ).T
    by_formula = expected_purchases(purchases, x, t_x / 7, t / 7, 90 / 7)
    np.testing.assert_allclose(expected, by_formula, rtol=1e-9)
    p, q, v = money
    np.testing.assert_allclose(each, p * (v + paid * x) / (p * x + q - 1), rtol=1e-9)
    np.testing.assert_allclose(value, by_formula * each, rtol=1e-9)


def test_every_score_is_the_dot_product_that_was_fitted(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        figures = database.execute(
            "select name, kind, value from raw.score_figures where score_name = 'churn_risk'"
        ).df()
        features = database.execute(
            "select * from intermediate.int_customer_features where purchase_count > 0"
        ).df()
        found = database.execute(
            "select customer_id, probability, grade from marts.customer_scores "
            "where score_name = 'churn_risk'"
        ).df()
        moved = database.execute(
            "select customer_id, sum(contribution)::double as log_odds "
            "from intermediate.int_score_contributions where score_name = 'churn_risk' group by all"
        ).df()
    weights = figures.pivot_table(index="name", columns="kind", values="value").dropna(
        subset=["weight", "mean", "deviation"]
    )
    standard = (features[weights.index] - weights["mean"]) / weights["deviation"]
    intercept = figures.loc[figures["kind"] == "intercept", "value"].item()
    log_odds = standard @ weights["weight"] + intercept
    expected = pd.Series(
        (1 / (1 + np.exp(-log_odds))).to_numpy(), index=features["customer_id"].to_numpy()
    )
    assert len(found) == len(moved) == len(expected) == 2357
    by_contributions = 1 / (1 + np.exp(-(intercept + moved["log_odds"])))
    np.testing.assert_allclose(by_contributions, expected[moved["customer_id"]], atol=1e-7)
    is_published = figures.loc[figures["kind"] == "verdict", "value"].item() == 1
    if is_published:
        np.testing.assert_allclose(found["probability"], expected[found["customer_id"]], atol=1e-7)
        assert found["grade"].notna().all()
    else:
        assert found["probability"].isna().all()


def test_drift_is_how_far_the_shares_of_bins_are_off(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        bins = database.execute(
            "pivot (select bin, kind, value from raw.score_figures where score_name = 'churn_risk' "
            "and name = 'orders' and bin is not null) on kind using max(value) order by bin"
        ).df()
        orders = database.execute(
            "select orders from intermediate.int_customer_features where purchase_count > 0"
        ).fetchnumpy()["orders"]
        drift = database.execute(
            "select contender, value from marts.score_evaluations where score_name = 'churn_risk' "
            "and metric = 'population_stability_index' and contender in ('orders', 'messages')"
        ).fetchall()
    places = np.searchsorted(bins["bin_from"].to_numpy()[1:], orders, side="right")
    now = np.maximum(np.bincount(places, minlength=len(bins)) / len(orders), 1e-4)
    trained = np.maximum(bins["bin_share"].to_numpy(), 1e-4)
    index = ((now - trained) * np.log(now / trained)).sum()
    assert index > 0.01
    # nobody of them ever got a message
    assert dict(drift) == {"orders": pytest.approx(index, abs=1e-7), "messages": 0}


def test_nothing_after_a_day_changes_what_customers_looked_like_on_it(
    warehouse: Path, tmp_path: Path
) -> None:
    shutil.copy(warehouse / "omnitouch.duckdb", tmp_path)
    looked_like = (
        "select * exclude (days_to_purchase) from intermediate.int_customer_snapshots "
        "where as_of_date <= '1997-08-05' order by customer_id, as_of_date"
    )
    with duckdb.connect(str(tmp_path / "omnitouch.duckdb")) as database:
        # orders are all that there is of them: let them do something, too
        database.execute(
            """
            insert into intermediate.int_customer_days
            select
                customer_id, date '1997-06-01' + day,
                ['interest', 'consideration', 'paid_touch', 'other_touch'][1 + day % 4],
                case when day % 4 > 1 then 'channel' || day % 3 end, 1 + day % 5
            from (select distinct customer_id from marts.orders where customer_id <> 'unknown')
            cross join (select cast(range * 7 as int) as day from range(18))
            """
        )
        before = database.execute(looked_like).df()
        assert len(before) > 10_000
        assert (before[["interest", "paid_touches", "orders", "channels"]].sum() > 0).all()
        database.execute(
            """
            delete from intermediate.int_customer_days
            where active_date > '1997-08-05' and hash(customer_id) % 3 = 0;
            update intermediate.int_customer_days
            set act_count = act_count * 100, activity = 'intent', channel = 'another'
            where active_date > '1997-08-05';
            -- later orders vanish or grow, earlier ones are refunded or cancelled since
            delete from marts.orders where order_date > '1997-08-05' and hash(order_id) % 3 = 0;
            update marts.orders set gross_revenue = 1000 + gross_revenue
            where order_date > '1997-08-05';
            update marts.orders
            set refunded_revenue = gross_revenue, net_revenue = 0, order_status = 'cancelled'
            where hash(order_id) % 2 = 0;
            """
        )
        pd.testing.assert_frame_equal(database.execute(looked_like).df(), before)


def test_rfm_is_that_of_plain_sql(warehouse: Path, shared_data: Path) -> None:
    worlds.dbt(
        warehouse, "run", "--select", "int_score_dates", "customer_rfm", settings=dated(LAST_DAY)
    )
    with duckdb.connect() as database:
        source = shared_data / "orders" / "cdnow" / "CDNOW_sample.txt"
        lines = [line.split() for line in source.read_text().splitlines() if line.strip()]
        cdnow = pd.DataFrame(lines, columns=["customer", "sample_id", "day", "quantity", "amount"])
        database.register("cdnow", cdnow)
        plain = pd.DataFrame(
            database.execute(PLAIN_RFM.format(uci=warehouse / "uci")).fetchall(),
            columns=["recency", "frequency", "money"],
        )
    ranks = {
        "r": plain["recency"].rank(method="min", ascending=False),
        "f": plain["frequency"].rank(method="min"),
        "m": plain["money"].astype(float).rank(method="min"),
    }
    for name, rank in ranks.items():
        plain[name] = ((rank - 1) * 5 // len(plain)).astype(int) + 1
    found = query(
        warehouse,
        "select recency_days, order_count, net_revenue, recency_score, frequency_score, "
        "monetary_score from marts.customer_rfm where order_count > 0",
    )
    assert len(found) > 2357
    assert Counter(found) == Counter(plain.itertuples(index=False, name=None))


def test_every_buyer_is_of_one_tier() -> None:
    with (worlds.PROJECT / "seeds" / "rfm_tiers.csv").open(encoding="utf-8") as file:
        tiers = list(csv.DictReader(file))
    names = ("recency", "frequency", "monetary")
    for scored in np.ndindex(5, 5, 5):
        fitting = [
            tier["tier"]
            for tier in tiers
            if all(
                int(tier[f"{name}_from"]) <= score + 1 <= int(tier[f"{name}_to"])
                for name, score in zip(names, scored, strict=True)
            )
        ]
        assert len(fitting) == 1, scored


def test_what_is_learned_from_is_what_is_scored_with() -> None:
    with (worlds.PROJECT / "seeds" / "score_features.csv").open(encoding="utf-8") as file:
        named = [row["feature"] for row in csv.DictReader(file)]
    listed = (worlds.PROJECT / "macros" / "scores" / "score_features.sql").read_text()
    assert all(f"'{name}'" in listed for name in named)
    assert listed.count("'") == 2 * len(named)
