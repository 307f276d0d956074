"""Customers who are touched and convert by known hazards, and what caused each conversion."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

FIRST_DAY = pd.Timestamp("2026-07-01 04:00:00")  # noon in Shanghai
BASELINE = 0.004


class Law(NamedTuple):
    """How often a channel touches somebody on a day, what that adds the day after, how it fades.

    Where people have an intent to convert, a channel that follows it touches them more.
    """

    rate: float
    adds: float
    half_life: float
    follows: bool = False


LAWS = {
    "search": Law(0.03, 0.03, 1),
    "video": Law(0.04, 0.01, 4),
    "letter": Law(0.03, 0.004, 16),
    "banner": Law(0.05, 0.0, 1, follows=True),
    "rare": Law(0.0002, 0.01, 4),
}


class World(NamedTuple):
    """Rows as the models hold them, and how many conversions each channel caused."""

    touchpoints: pd.DataFrame
    conversions: pd.DataFrame
    caused: Counter[str]


def simulate(people: int, days: int, seed: int, intent: float = 0) -> World:
    """Live through the days: a hazard is a sum, so a conversion has one of its parts as cause.

    ``intent`` is how far people differ in it: it stays with them, and multiplies the baseline.
    """
    rng = np.random.default_rng(seed)
    eager = np.exp(np.random.default_rng([seed, 1]).normal(0, intent, people))
    touches, conversions, caused = [], [], Counter[str]()
    memory = {channel: np.zeros(people) for channel in LAWS}
    for day in range(days):
        parts = [BASELINE * eager]
        for channel, law in LAWS.items():
            parts.append(law.adds * memory[channel])
            touched = rng.random(people) < law.rate * (eager if law.follows else 1)
            # the hour decides nothing; some are touched twice
            for hours, again in ((0, touched), (1, touched & (rng.random(people) < 0.2))):
                touches += [(who, channel, day + hours / 24) for who in np.flatnonzero(again)]
            memory[channel] = 0.5 ** (1 / law.half_life) * (memory[channel] + touched)
        hazards = np.cumsum(parts, axis=0)
        converts = np.flatnonzero(rng.random(people) < -np.expm1(-hazards[-1]))
        drawn = rng.random(len(converts)) * hazards[-1, converts]
        for who, cause in zip(converts, (hazards[:, converts] <= drawn).sum(axis=0), strict=True):
            conversions.append((who, day + 0.2))
            caused[("baseline", *LAWS)[cause]] += 1
    touchpoints = pd.DataFrame(touches, columns=["customer_id", "channel", "touched_at"])
    converted = pd.DataFrame(conversions, columns=["customer_id", "converted_at"])
    for frame, time, key in (
        (touchpoints, "touched_at", "touchpoint_id"),
        (converted, "converted_at", "conversion_id"),
    ):
        frame["customer_id"] = "c" + frame["customer_id"].astype(str)
        frame[time] = FIRST_DAY + pd.to_timedelta(frame[time], unit="D")
        frame[key] = frame.index.astype(str)
    return World(touchpoints, converted.assign(conversion_type="purchase"), caused)


def fill(database: duckdb.DuckDBPyConnection, world: World, shuffled_by: int | None = None) -> None:
    """Put the rows where the models would, in another order where that is asked for."""
    database.execute("create schema if not exists intermediate")
    for name, rows in (
        ("int_touchpoints_identified", world.touchpoints),
        ("int_conversions_identified", world.conversions),
    ):
        rows = rows if shuffled_by is None else rows.sample(frac=1, random_state=shuffled_by)
        database.execute(
            f"create or replace table intermediate.{name} as "
            # no rows have no type
            "select * replace (cast(customer_id as varchar) as customer_id) from rows"
        )
