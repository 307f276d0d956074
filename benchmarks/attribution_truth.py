"""Whether attribution finds what channels changed: a sample brand beside its truth.

The brand knows the hazard of every person on every day, and so how many conversions are lost when
one channel's effect is switched off. Shares are of what is attributed to channels at all.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from benchmarks.measure import EVENTS_PER_PERSON, KEY, Report
from benchmarks.warehouse import copy_of, dbt, execute, fill

DAYS, SEED = 90, 7
EFFECTS = "effects"
UNATTRIBUTED = ("unattributed", "baseline")
HEADER = (
    "| model | as the warehouse knows customers: distance | without effect | attributed "
    "| every person and touch known: distance | without effect | attributed |\n"
    "|---|---:|---:|---:|---:|---:|---:|\n"
)
LEDGER = """
    select attribution_model, channel, sum(conversions)
    from marts.touchpoint_credits
    where conversion_type = 'purchase'
    group by all order by all
"""
# Allocations beside the ledger, that are of all paths at once.
ALLOCATIONS = """
    select attribution_model || ', textbook', channel, conversions
    from marts.channel_removal_effects
    where conversion_type = 'purchase' and level = 'channel'
    union all
    select 'shapley of rates', channel, shapley_value
    from marts.channel_shapley_values
    where conversion_type = 'purchase'
    order by all
"""
MARTS = ("touchpoint_credits", "channel_removal_effects", "channel_shapley_values")
# What the models would hold if nothing were hidden.
TOUCHPOINTS, CONVERSIONS = "int_touchpoints_identified", "int_conversions_numbered"
TRUE_TOUCHPOINTS = """
    select
        cast(row_number() over (order by touched_at, channel, touch_id) as varchar)
            as touchpoint_id,
        'event' as touchpoint_kind,
        cast(person_id as varchar) as customer_id,
        channel,
        'ad_click' as touchpoint_type,
        1.0 as weight,
        touched_at at time zone 'UTC' as touched_at
    from '{truth}/touches.parquet'
"""
TRUE_CONVERSIONS = """
    select
        cast(hash(order_id) >> 1 as bigint) as conversion_id,
        'purchase' as conversion_type,
        coalesce(cast(person_id as varchar), 'unknown') as customer_id,
        occurred_at at time zone 'UTC' as converted_at,
        cast(revenue - refunded as double) as revenue,
        30 as lookback_days,
        false as starts_anew,
        row_number() over (partition by person_id order by occurred_at, order_id)
            as conversion_number
    from '{truth}/conversions.parquet'
"""

OBSERVED, RESOLVED = "int_identifiers_observed", "int_identifiers_resolved"
PEOPLE = "select distinct person_id from '{truth}/identifiers.parquet'"
KNOWN_FROM_BIRTH = f"""
    select
        person_id as identifier_id,
        'member_id' as identifier_type,
        timestamp '1970-01-01 00:00:00' as first_seen_at
    from ({PEOPLE})
"""
THEMSELVES = f"""
    select person_id as identifier_id, cast(person_id as varchar) as customer_id from ({PEOPLE})
"""

Parts = dict[str, float]
"""Conversions by channel."""


def table(directory: Path, events: int) -> str:
    """Build the brand, and once more with nothing hidden; return a row for each model."""
    # not above: what dbt itself needs is no part of other benchmarks
    from tests.warehouse.worlds import environment, write_world

    people, brand = events // EVENTS_PER_PERSON, directory / "brand"
    with environment(OMNITOUCH_HMAC_KEY=KEY):
        write_world(brand, people, DAYS, SEED)
        dbt(brand, "seed")
        dbt(brand, "run", "--select", *(f"+{mart}" for mart in MARTS))
    known = _with_nothing_hidden(brand)
    truth = json.loads((brand / "truth" / "channel_effects.json").read_text())
    true = {channel: lost["expected_lost"] for channel, lost in truth["channels"].items()}
    found, found_if_known = _found(brand), _found(known)
    rows = "".join(
        f"| {model} | {_beside(found[model], true)} | {_beside(found_if_known[model], true)} |\n"
        for model in found
    )
    idle = ", ".join(channel for channel, lost in true.items() if lost == 0)
    return (
        f"`python -m benchmarks attribution_truth --people {people}`: {DAYS} days, seed {SEED}, "
        f"{truth['conversions']:,} conversions of people, of which "
        f"{sum(true.values()) / truth['conversions']:.3f} are channels' doing. "
        f"Without effect: {idle}.\n\n{HEADER}{rows}"
    )


def _with_nothing_hidden(brand: Path) -> Path:
    """A copy of the warehouse whose credits are of people and all that touched them."""
    copy, truth = copy_of(brand), brand / "truth"
    for name, query in (
        (CONVERSIONS, TRUE_CONVERSIONS),
        (TOUCHPOINTS, TRUE_TOUCHPOINTS),
        (OBSERVED, KNOWN_FROM_BIRTH),
        (RESOLVED, THEMSELVES),
    ):
        execute(copy, f"delete from intermediate.{name}")
        fill(copy, f"intermediate.{name}", query.format(truth=truth))
    between = [f"{name}+,+{mart}" for name in (TOUCHPOINTS, CONVERSIONS) for mart in MARTS]
    replaced = ("--exclude", TOUCHPOINTS, CONVERSIONS)
    dbt(copy, "run", "--full-refresh", "--select", *between, *replaced)
    return copy


def _found(warehouse: Path) -> dict[str, Parts]:
    """What each model of the ledger says, then what is beside it, and at last the effects."""
    from ingestion.effects.effects import settings
    from ingestion.effects.estimating import estimate
    from ingestion.effects.observing import observe

    found: dict[str, Parts] = {}
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        for model, channel, conversions in database.execute(LEDGER).fetchall():
            found.setdefault(model, {})[channel] = conversions
        unattributed = found["linear"]["unattributed"]
        credited = sum(found["linear"].values()) - unattributed
        for model, channel, part in database.execute(ALLOCATIONS).fetchall():
            found.setdefault(model, {})[channel] = part
        for model, parts in found.items():
            if "unattributed" not in parts:
                scale = credited / sum(parts.values())
                found[model] = {name: part * scale for name, part in parts.items()}
                found[model]["unattributed"] = unattributed
        observed = observe(database, "purchase", **settings())
    effects = {effect.channel: effect.conversions for effect in estimate(observed)}
    unwatched = observed.conversions - len(observed.day)
    return found | {EFFECTS: effects | {"unattributed": unwatched}}


def _beside(parts: Parts, true: Parts) -> str:
    of_channels = {name: part for name, part in parts.items() if name not in UNATTRIBUTED}
    attributed, caused = sum(of_channels.values()), sum(true.values())
    distance = sum(
        abs(of_channels.get(name, 0) / attributed - true.get(name, 0) / caused)
        for name in of_channels.keys() | true.keys()
    )
    idle = sum(part for name, part in of_channels.items() if not true.get(name))
    return f"{distance / 2:.3f} | {idle / attributed:.3f} | {attributed / sum(parts.values()):.3f}"


REPORT = Report("shares of channels beside what they changed, N Sensors events", table)
