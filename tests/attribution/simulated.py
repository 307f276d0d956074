"""Customers who are touched and convert by known hazards, and what caused each conversion."""

from __future__ import annotations

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
    """Rows as the models hold them; a conversion says what caused it.

    Of somebody's conversions every one counts, or the new one, or the repeated ones.
    """

    touchpoints: pd.DataFrame
    conversions: pd.DataFrame
    identifiers: pd.DataFrame
    counts: str = "every"

    def numbered(self) -> pd.DataFrame:
        """All conversions, each with the how-many-th of its customer it is."""
        ordered = self.conversions.sort_values(["converted_at", "conversion_id"])
        number = ordered.groupby("customer_id").cumcount() + 1
        return self.conversions.assign(conversion_number=number)

    def counted(self) -> pd.DataFrame:
        """Those that count."""
        numbered = self.numbered()
        if self.counts == "every":
            return numbered
        is_first = numbered["conversion_number"] == 1
        return numbered[is_first if self.counts == "new" else ~is_first]

    def watched(self) -> pd.DataFrame:
        """Conversions of customers who were known, touched and able to on an earlier day."""
        counted = self.counted()
        first = self.touchpoints.groupby("customer_id")["day"].min()
        known = self.known().set_index("customer_id")["day"]
        after = np.maximum(counted["customer_id"].map(first), counted["customer_id"].map(known))
        if self.counts == "repeat":
            converted = self.conversions.groupby("customer_id")["day"].min()
            after = np.maximum(after, counted["customer_id"].map(converted))
        return counted[counted["day"] > after]

    def known(self) -> pd.DataFrame:
        """Since which day each customer is known, of those who are."""
        return self.identifiers[self.identifiers["identifier_type"] == "member_id"]


def simulate(people: int, days: int, seed: int, intent: float = 0) -> World:
    """Live through the days: a hazard is a sum, so a conversion has one of its parts as cause.

    ``intent`` is how far people differ in it: it stays with them, and multiplies the baseline.
    """
    rng = np.random.default_rng(seed)
    other_chance = np.random.default_rng([seed, 1])
    eager = np.exp(other_chance.normal(0, intent, people))
    touches, conversions = [], []
    memory = {channel: np.zeros(people) for channel in LAWS}
    for day in range(days):
        parts = [BASELINE * eager]
        for channel, law in LAWS.items():
            parts.append(law.adds * memory[channel])
            touched = rng.random(people) < law.rate * (eager if law.follows else 1)
            # the hour decides nothing; some are touched twice
            for hour, again in ((0, touched), (1, touched & (rng.random(people) < 0.2))):
                touches += [(who, channel, day, hour) for who in np.flatnonzero(again)]
            memory[channel] = 0.5 ** (1 / law.half_life) * (memory[channel] + touched)
        hazards = np.cumsum(parts, axis=0)
        converts = np.flatnonzero(rng.random(people) < -np.expm1(-hazards[-1]))
        drawn = rng.random(len(converts)) * hazards[-1, converts]
        causes = (hazards[:, converts] <= drawn).sum(axis=0)
        conversions += [
            (who, ("baseline", *LAWS)[cause], day, 5)
            for who, cause in zip(converts, causes, strict=True)
        ]
    # most are known from the start, some later, and the others by nothing that counts
    known = np.where(other_chance.random(people) < 0.7, 0, other_chance.integers(0, days, people))
    members = np.flatnonzero(other_chance.random(people) < 0.9)
    identifiers = [
        *((who, "member_id", known[who], 0) for who in members),
        *((who, kind, 0, 0) for who in range(people) for kind in ("cookie_id", "phone")),
    ]
    identified = _frame("first_seen_at", "identifier_id", "identifier_type", identifiers).astype(
        {"identifier_id": "int64"}
    )
    identified["rejected_by"] = np.where(identified["identifier_type"] == "phone", "listed", None)
    return World(
        _frame("touched_at", "touchpoint_id", "channel", touches),
        _frame("converted_at", "conversion_id", "cause", conversions).assign(
            conversion_type="purchase"
        ),
        identified,
    )


def _frame(time: str, key: str, kind: str, rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", kind, "day", "hour"])
    frame["customer_id"] = "c" + frame["customer_id"].astype(str)
    frame[time] = (
        FIRST_DAY + pd.to_timedelta(frame["day"], "D") + pd.to_timedelta(frame["hour"], "h")
    )
    frame[key] = frame.index.astype(str)
    return frame


def fill(
    database: duckdb.DuckDBPyConnection,
    world: World,
    lookback_days: int,
    shuffled_by: int | None = None,
) -> None:
    """Put the rows where the models would, in another order where that is asked for."""
    database.execute("create schema if not exists intermediate")
    terms = pd.DataFrame(
        [("purchase", kind, world.counts, lookback_days) for kind in ("order", "renewal")],
        columns=["conversion_type", "event_type", "counts", "lookback_days"],
    )
    for name, rows in (
        ("int_touchpoints_identified", world.touchpoints),
        ("int_conversion_types", terms),
        ("int_conversions_numbered", world.numbered()),
        ("int_conversions_identified", world.counted()),
        ("int_identifiers_observed", world.identifiers.drop(columns="customer_id")),
        ("int_identifiers_resolved", world.identifiers[["identifier_id", "customer_id"]]),
    ):
        if shuffled_by is not None:
            rows = rows.sample(frac=1, random_state=shuffled_by)
        database.execute(f"create or replace table intermediate.{name} as select * from rows")
        if "customer_id" in rows:  # of no rows pandas knows no type
            database.execute(
                f"alter table intermediate.{name} alter customer_id set data type varchar"
            )
