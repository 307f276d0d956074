"""Every model has a line on the page of attribution, and the figures there are what it gives."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from ingestion.effects.effects import effects
from ingestion.warehouse import Warehouse
from tests.attribution import simulated
from tests.attribution.test_learned_models import GROUPED, TABLES
from tests.warehouse import worlds
from tests.warehouse.worlds import query

PAGE = (worlds.PROJECT / "docs" / "attribution.md").read_text(encoding="utf-8")
BESIDE_THE_LEDGER = {"channel_removal_effects", "channel_shapley_values", "channel_effects"}
# What is filled by hand: all that the figures hang on, but for what these hang on.
FILLED = (
    *("int_paths_grouped", "int_customers_grouped", "int_customers_touched"),
    *("int_touchpoints_at_levels", "int_touchpoints_sequenced"),
)
LEDGERS = ("int_credits_by_rule", "int_credits_by_shapley", "int_credits_by_markov")
CREDITS = " union all ".join(
    f"select attribution_model, customer_id, touchpoint_id, channel, touch_position, credit "
    f"from intermediate.{ledger}"
    for ledger in LEDGERS
)
FIGURES = f"""
    select
        attribution_model,
        unnest(['removal_effect', 'share_of_effect', 'conversions']) as figure,
        unit,
        unnest([removal_effect, share_of_effect, conversions]) as value
    from marts.channel_removal_effects
    union all
    select 'channel_shapley_values', 'shapley_value', channel, shapley_value
    from marts.channel_shapley_values
    union all
    select 'channel_effects', 'effect_conversions', channel, effect_conversions
    from marts.channel_effects
    union all
    select attribution_model, 'credit', coalesce(units.unit, credits.channel), sum(credit)
    from ({CREDITS}) as credits
    inner join seeds.attribution_models as models using (attribution_model)
    left join intermediate.int_touchpoints_at_levels as units
        on credits.touchpoint_id = units.touchpoint_id and models.level = units.level
    where credits.customer_id = '{{world}}'
    group by all
"""
Rows = list[list[str]]


def table(*header: str) -> Rows:
    """The table of the page whose header begins so, without code marks; its header comes first."""
    for lines in re.findall(r"(?:^\|.*\n)+", PAGE, re.M):
        head, _, *rows = (
            [cell.strip().replace("`", "") for cell in line.strip()[1:-1].split("|")]
            for line in lines.splitlines()
        )
        if head[: len(header)] == list(header):
            assert {len(row) for row in rows} == {len(head)}
            return [head, *rows]
    raise AssertionError(f"no table of {header}")


LINES = table("model", "what it does", "use it when", "trap")[1:]
ORDER = table("model", "wechat_official_account")
PATHS = table("path", "converted", "did not")[1:]
LEARNED = table("model", "figure", "sms")
MESSAGES = table("model", "figure", "email")


def as_written(value: float, text: str) -> float:
    """The value with as many digits as the page has; what it writes as a whole number is one."""
    return round(value, len(text.partition(".")[2]) or 9)


def seed(name: str) -> list[dict[str, str]]:
    with (worlds.PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the page's examples, each under the name of a customer of its own."""
    directory = tmp_path_factory.mktemp("documented")
    worlds.dbt(directory, "seed", "--select", "attribution_models", "channels")
    touchpoints = pd.DataFrame(all_touches())
    placed = touchpoints[touchpoints["unit"].notna()].assign(level="campaign")
    with duckdb.connect(str(directory / "omnitouch.duckdb")) as database:
        database.execute(TABLES)
        database.register("touchpoints", touchpoints.drop(columns="unit"))
        database.execute(
            "insert into intermediate.int_touchpoints_sequenced by name from touchpoints"
        )
        database.register("placed", placed[["level", "touchpoint_id", "channel", "unit"]])
        database.execute("insert into intermediate.int_touchpoints_at_levels by name from placed")
        for number, (path, *counts) in enumerate(PATHS):
            channels = " > ".join(channel_of(unit) for unit in path.split(" > "))
            database.execute(
                "insert into main.paths values (?, 'purchase', ?, ?, ?, ?)",
                [number, channels, path, *counts],
            )
        database.execute(GROUPED)
        simulated.fill(database, watched_after_messages(), lookback_days=30)
    effects(Warehouse(directory))
    targets = ["channel_removal_effects", "channel_shapley_values", "channel_effects", *LEDGERS]
    worlds.dbt(
        directory,
        *("run", "--select", *(f"+{model}" for model in targets)),
        *("--exclude", *(f"+{model}" for model in FILLED)),
    )
    return directory


def channel_of(unit: str) -> str:
    return unit.split(" / ")[0]


def all_touches() -> Iterator[dict[str, Any]]:
    """The touchpoints of every conversion of the page."""
    ids = count(1)
    told = {name: cells for name, *cells in ORDER}
    hours = [24 * int(day) for day in told["days before the order"]]
    weights = [float(weight) for weight in told["weight"]]
    led = told["left a lead"].index("yes")
    yield from path_of("one order", ids, ORDER[0][1:], hours, weights, led)
    yield from path_of("no lead", ids, ORDER[0][1:], hours, weights)
    yield from path_of("two touches", ids, ["sms", "store"])
    for path, converted, _ in PATHS:
        for _ in range(int(converted)):
            yield from path_of("five paths", ids, path.split(" > "))
    for channel, converted_on in conversions_by_day().items():
        for _ in range(sum(converted_on)):
            yield from path_of("messages", ids, [channel])


def path_of(
    world: str,
    ids: Iterator[int],
    units: list[str],
    hours: list[int] | None = None,
    weights: list[float] | None = None,
    led: int | None = None,
) -> Iterator[dict[str, Any]]:
    """The touchpoints of one conversion, the lead being left at that of number ``led``."""
    hours = hours or [24 * (len(units) - place) for place, _ in enumerate(units)]
    at = [simulated.FIRST_DAY - timedelta(hours=before) for before in hours]
    conversion_id = next(ids)
    for place, unit in enumerate(units):
        yield {
            "conversion_id": conversion_id,
            "conversion_type": "purchase",
            "customer_id": world,
            "touchpoint_id": next(ids),
            "channel": channel_of(unit),
            "unit": unit if world == "five paths" else None,
            "weight": weights[place] if weights else 1.0,
            "touched_at": at[place],
            "hours_before": hours[place],
            "nearest_hours_before": hours[-1],
            "lead_at": None if led is None else at[led],
            "touch_position": place + 1,
            "path_length": len(units),
        }


def conversions_by_day() -> dict[str, list[int]]:
    """Of each message, how many converted on each day from the day after it."""
    (told,) = (row for row in MESSAGES if row[1].startswith("conversions on days"))
    return {
        channel: [int(number) for number in cell.split(",")]
        for channel, cell in zip(MESSAGES[0][2:], told[2:], strict=True)
        if cell
    }


def watched_after_messages() -> simulated.World:
    """As many customers as the page says, each of whom gets one message, and one who comes last."""
    (people,) = re.findall(r"Say ([\d,]+) customers got one e-mail", PAGE)
    in_a_group = int(people.replace(",", ""))
    touches, conversions = [], []
    for number, (channel, converted_on) in enumerate(conversions_by_day().items()):
        group = [f"c{number * in_a_group + member}" for member in range(in_a_group)]
        touches += [(who, channel, simulated.FIRST_DAY) for who in group]
        on = [day for day, people in enumerate(converted_on, 1) for _ in range(people)]
        conversions += [
            (who, simulated.FIRST_DAY + timedelta(days=day))
            for who, day in zip(group, on, strict=False)
        ]
    # touches are known to the last day
    touches.append(("last", "email", simulated.FIRST_DAY + timedelta(days=len(converted_on))))
    touchpoints = pd.DataFrame(touches, columns=["customer_id", "channel", "touched_at"])
    converted = pd.DataFrame(conversions, columns=["customer_id", "converted_at"])
    return simulated.World(
        touchpoints,
        converted.assign(
            conversion_id=converted.index.astype(str), cause=None, conversion_type="purchase"
        ),
        touchpoints[["customer_id"]].assign(
            identifier_id=touchpoints.index,
            identifier_type="member_id",
            first_seen_at=simulated.FIRST_DAY,
            rejected_by=None,
        ),
    )


def test_every_model_has_a_line_and_is_worked_out() -> None:
    models = [row["attribution_model"] for row in seed("attribution_models")]
    lines = [name.strip() for names, *_ in LINES for name in names.split(",")]
    assert sorted(lines) == sorted([*models, *BESIDE_THE_LEDGER])
    assert all(cell for line in LINES for cell in line)
    worked_out = {name for name, *_ in (*ORDER, *LEARNED, *MESSAGES)}
    # what removal effects make of all conversions is among the figures of the chains
    told = {figure for _, figure, *_ in LEARNED}
    assert {"removal_effect", "share_of_effect", "conversions"} <= told
    assert {*models, *BESIDE_THE_LEDGER} - {"channel_removal_effects"} <= worked_out


def test_shares_are_those_of_the_seed() -> None:
    models = {row["attribution_model"]: row for row in seed("attribution_models")}
    (both,) = (what for name, what, *_ in LINES if name == "position_based, j_shaped")
    (w_shaped,) = (what for name, what, *_ in LINES if name == "w_shaped")
    told = [*re.findall(r"\d+", both), *re.findall(r"\d+", w_shaped)]
    asked = [
        *(("position_based", share) for share in ("first", "between", "last")),
        *(("j_shaped", share) for share in ("first", "between", "last")),
        *(("w_shaped", share) for share in ("first", "lead", "last", "between")),
    ]
    assert [int(number) for number in told] == [
        round(100 * float(models[model][f"{share}_share"])) for model, share in asked
    ]
    (visit,) = re.findall(r"a store visit weighs (\d+)", PAGE)
    (weights,) = (row[1:] for row in ORDER if row[0] == "weight")
    (store_visit,) = (
        row["weight"] for row in seed("touchpoint_weights")
        if row["touchpoint_type"] == "store_visit"
    )  # fmt: skip
    assert visit == weights[ORDER[0].index("store") - 1] == store_visit


def test_one_order_is_shared_as_the_page_says(built: Path) -> None:
    found = credits_of(built, "one order")
    rows = [(model, parts) for model, *parts in ORDER[1:] if model in found]
    by_themselves = [line for line in seed("attribution_models") if line["kind"] != "markov"]
    assert len(rows) == len(by_themselves)
    for model, parts in rows:
        assert [as_written(found[model].get(n, 0), part) for n, part in enumerate(parts, 1)] == [
            float(part) for part in parts
        ], model


def credits_of(built: Path, customer: str) -> dict[str, dict[int, float]]:
    """By model, the credit of each touchpoint of a customer with one conversion."""
    found: dict[str, dict[int, float]] = {}
    for model, position, credit in query(
        built,
        f"select attribution_model, touch_position, credit from ({CREDITS}) "
        f"where customer_id = '{customer}'",
    ):
        found.setdefault(model, {})[position] = credit
    return found


def test_shares_that_find_nothing_go_where_the_page_says(built: Path) -> None:
    number = r"(\d / \d)"
    (told,) = re.findall(
        rf"without a lead `w_shaped` is {number}, {number} and {number} for the rest, "
        rf"`j_shaped` of two touchpoints is {number} and {number}",
        PAGE,
    )
    w_shaped = credits_of(built, "no lead")["w_shaped"]
    j_shaped = credits_of(built, "two touches")["j_shaped"]
    first, *rest, last = (w_shaped[position] for position in range(1, len(ORDER[0])))
    assert [first, last, sum(rest), j_shaped[1], j_shaped[2]] == pytest.approx(
        [float(Fraction(part.replace(" ", ""))) for part in told]
    )


@pytest.mark.parametrize(("world", "rows"), [("five paths", LEARNED), ("messages", MESSAGES)])
def test_figures_are_those_of_the_page(built: Path, world: str, rows: Rows) -> None:
    found = {tuple(key): value for *key, value in query(built, FIGURES.format(world=world))}
    units = rows[0][2:]
    told = {
        (model, figure, unit): text
        for model, figure, *cells in rows[1:]
        for unit, text in zip(units, cells, strict=True)
        if model and text
    }
    assert len(told) > 4
    assert {key: as_written(found[key], text) for key, text in told.items()} == {
        key: float(text) for key, text in told.items()
    }
    # nor is a figure left out that there is
    asked = {(model, figure) for model, figure, _ in told}
    assert {key for key in found if key[:2] in asked and key[2] in units} <= set(told)
