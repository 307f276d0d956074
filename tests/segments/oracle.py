"""Rules judged as docs/segments.md words them: each condition anew, at the end of every day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

Act = dict[str, Any]
DAY = timedelta(days=1)
STANDS = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}
# Days after the last act on which a window of the tests may still run out.
HORIZON = 12


@dataclass(frozen=True)
class Acts:
    """Which acts are looked at."""

    types: tuple[str, ...]
    channels: tuple[str, ...] = ()
    place: str = ""
    about: str = ""
    bound: tuple[str, str, Decimal] | None = None

    def text(self) -> str:
        return (
            "|".join(self.types)
            + (f" on {'|'.join(self.channels)}" if self.channels else "")
            + (f" {self.place}" if self.place else "")
            + (f" about '{self.about}'" if self.about else "")
            + (f" with {' '.join(map(str, self.bound))}" if self.bound else "")
        )

    def look_at(self, act: Act, roles: dict[str, str]) -> bool:
        of_types = act["event_type"] in self.types or (
            "any" in self.types
            and roles[act["event_type"]] in ("click", "engagement", "conversion")
        )
        of_channels = (
            not self.channels
            or act["channel"] in self.channels
            or ("site" in self.channels and act["is_on_site"])
        )
        within = True
        if self.bound:
            field, operator, bound = self.bound
            within = act[field] is not None and STANDS[operator](act[field], bound)
        return (
            of_types
            and of_channels
            and self.place in ("", act["place"])
            and self.about.lower() in (act["words"] or "")
            and within
        )


@dataclass(frozen=True)
class Condition:
    """A figure and its bound; `window` is a number of days, ever, or the acts it begins with."""

    measure: str
    acts: Acts
    window: int | str | Acts
    operator: str
    bound: Decimal
    field: str = ""

    def text(self) -> str:
        what = (f"{self.field} of " if self.field else "") + self.acts.text()
        window = (
            f"since last {self.window.text()}"
            if isinstance(self.window, Acts)
            else f"{self.window}d"
            if isinstance(self.window, int)
            else self.window
        )
        return f"{self.measure}({what}, {window}) {self.operator} {self.bound}"

    def holds(self, known: list[Act], day: date, roles: dict[str, str]) -> bool:
        seen = [act for act in known if self.acts.look_at(act, roles)]
        if isinstance(self.window, Acts):
            starts = [act["occurred_at"] for act in known if self.window.look_at(act, roles)]
            if not starts:
                return False
            seen = [act for act in seen if act["occurred_at"] >= max(starts)]
        days = {act["occurred_date"] for act in seen}
        if self.measure == "streak_days":
            return any(
                all(last - DAY * back in days for back in range(int(self.bound)))
                for last in days
                if last > day - DAY * self.window
            )
        if isinstance(self.window, int):
            seen = [act for act in seen if act["occurred_date"] > day - DAY * self.window]
        figure = {
            "count": lambda: len(seen),
            "days": lambda: len({act["occurred_date"] for act in seen}),
            "sum": lambda: sum(act[self.field] or 0 for act in seen),
        }[self.measure]()
        return STANDS[self.operator](figure, self.bound)


Rule = list[list[Condition]]


def stays(rule: Rule, acts: list[Act], roles: dict[str, str]) -> Iterator[tuple[date, date | None]]:
    """The days from which on a rule held, and no longer held, for one customer."""
    first = min(act["occurred_date"] for act in acts)
    last = max(act["occurred_date"] for act in acts) + DAY * HORIZON
    entered: date | None = None
    day = first
    while day <= last:
        known = [act for act in acts if act["occurred_date"] <= day]
        holds = any(all(each.holds(known, day, roles) for each in group) for group in rule)
        if holds and entered is None:
            entered = day
        elif not holds and entered is not None:
            yield entered, day
            entered = None
        day += DAY
    if entered is not None:
        yield entered, None


def at(day: date, hour: int) -> datetime:
    """An hour of a day in Beijing, as UTC."""
    return datetime(day.year, day.month, day.day) + timedelta(hours=hour - 8)
