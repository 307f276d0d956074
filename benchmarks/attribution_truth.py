"""Whether attribution finds what channels changed: a sample brand beside its truth.

The brand knows the hazard of every person on every day, and so how many conversions are lost when
one channel's effect is switched off. Shares are of what is attributed to channels at all.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from benchmarks.measure import EVENTS_PER_PERSON, KEY, Report
from benchmarks.warehouse import dbt

DAYS, SEED = 90, 7
UNATTRIBUTED = ("unattributed", "baseline")
EFFECTS, EFFECTS_OF_PEOPLE = "effects", "effects, were every customer a person"
HEADER = (
    "| model | distance of shares from the truth | share of channels without effect "
    "| attributed to channels |\n|---|---:|---:|---:|\n"
)
LEDGER = """
    select attribution_model, channel, sum(conversions)
    from marts.touchpoint_credits
    where conversion_type = 'purchase'
    group by all order by all
"""
FITTED = "select channel, effect_conversions from marts.channel_effects order by all"
# What the models would hold if identity were no question.
PEOPLE = """
    create schema intermediate;
    create table intermediate.int_touchpoints_identified as
    select
        cast(person_id as varchar) as customer_id,
        channel,
        touched_at at time zone 'UTC' as touched_at
    from '{truth}/touches.parquet';
    create table intermediate.int_conversions_identified as
    select
        order_id as conversion_id,
        'purchase' as conversion_type,
        coalesce(cast(person_id as varchar), 'unknown') as customer_id,
        occurred_at at time zone 'UTC' as converted_at
    from '{truth}/conversions.parquet'
"""

Parts = dict[str, float]
"""Conversions by channel."""


def table(directory: Path, events: int) -> str:
    """Build the brand, fit its effects, return a row for each model."""
    # not above: what dbt itself needs is no part of other benchmarks
    from ingestion.effects.effects import effects
    from ingestion.warehouse import Warehouse
    from tests.warehouse.worlds import environment, write_world

    people = events // EVENTS_PER_PERSON
    with environment(OMNITOUCH_HMAC_KEY=KEY):
        write_world(directory, people, DAYS, SEED)
        dbt(directory, "seed")
        dbt(directory, "run", "--select", "+touchpoint_credits")
        effects(Warehouse(directory))
        dbt(directory, "run", "--select", "+channel_effects")
    truth = json.loads((directory / "truth" / "channel_effects.json").read_text())
    true = {channel: lost["expected_lost"] for channel, lost in truth["channels"].items()}
    found = {**_found(directory), EFFECTS_OF_PEOPLE: _of_people(directory / "truth")}
    rows = "".join(_row(model, parts, true) for model, parts in found.items())
    idle = ", ".join(channel for channel, lost in true.items() if lost == 0)
    command = f"`python -m benchmarks attribution_truth --people {people}`"
    return (
        f"{command}: {DAYS} days, seed {SEED}, {truth['conversions']:,} conversions of people, of "
        f"which {sum(true.values()) / truth['conversions']:.3f} are channels' doing. "
        f"Without effect: {idle}.\n\n{HEADER}{rows}"
    )


def _found(directory: Path) -> dict[str, Parts]:
    """Of each model of the ledger, and of the effects at last, what it says."""
    found: dict[str, Parts] = {}
    with duckdb.connect(str(directory / "omnitouch.duckdb"), read_only=True) as database:
        for model, channel, conversions in database.execute(LEDGER).fetchall():
            found.setdefault(model, {})[channel] = conversions
        found[EFFECTS] = dict(database.execute(FITTED).fetchall())
    return found


def _of_people(truth: Path) -> Parts:
    from ingestion.effects.effects import settings
    from ingestion.effects.estimating import estimate
    from ingestion.effects.observing import observe

    with duckdb.connect() as database:
        database.execute(PEOPLE.format(truth=truth))
        observed = observe(database, "purchase", *settings())
    return {effect.channel: effect.conversions for effect in estimate(observed)}


def _row(model: str, parts: Parts, true: Parts) -> str:
    of_channels = {name: part for name, part in parts.items() if name not in UNATTRIBUTED}
    attributed, caused = sum(of_channels.values()), sum(true.values())
    distance = sum(
        abs(of_channels.get(name, 0) / attributed - true.get(name, 0) / caused)
        for name in of_channels.keys() | true.keys()
    )
    idle = sum(part for name, part in of_channels.items() if not true.get(name))
    return (
        f"| {model} | {distance / 2:.3f} | {idle / attributed:.3f} "
        f"| {attributed / sum(parts.values()):.3f} |\n"
    )


REPORT = Report("shares of channels beside what they changed, N Sensors events", table)
