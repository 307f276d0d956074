"""Windows: the spans of time that are asked for, one at a time, and which of them are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from ingestion.pulls.accounts import Account
from ingestion.records import BEIJING

DEEP_EVERY = timedelta(days=7)


class Window(NamedTuple):
    """A span of time, Asia/Shanghai: from ``start`` until before ``end``.

    ``name`` tells it apart. A window of whole days comes again under the same name, and what it
    held last time says whether it came back whole.
    """

    name: str
    start: datetime
    end: datetime

    @property
    def first_day(self) -> str:
        """The first day in it, as YYYY-MM-DD."""
        return self.start.date().isoformat()

    @property
    def last_day(self) -> str:
        """The last day in it, as YYYY-MM-DD."""
        return (self.end - timedelta(microseconds=1)).date().isoformat()


@dataclass(frozen=True)
class Days:
    """Whole days, for facts that the vendor restates.

    Attributes:
        lag: days read again at every pull.
        deep_lag: days read again once a week.
        size: days in a window; windows begin where multiples of it do, so that they come again.
        longest: the most days that the vendor answers at once.
    """

    lag: int = 8
    deep_lag: int = 31
    size: int = 1
    longest: int = 30

    def due(self, state: dict[str, Any], account: Account, now: datetime) -> list[Window]:
        """The windows to read, oldest first; also those whose last answer was suspect."""
        size = min(account.window_days or self.size, self.longest)
        today = now.astimezone(BEIJING).date()
        first = account.since
        if cursor := state.get("cursor"):
            deep = self._is_deep(state, today)
            lag = _first_set(
                account.deep_lag_days if deep else account.lag_days,
                self.deep_lag if deep else self.lag,
            )
            restated = date.fromisoformat(cursor) - timedelta(days=lag)
            first = max(first, restated)
        starts = {
            date.fromordinal(day - day % size)
            for day in range(first.toordinal(), today.toordinal() + 1)
        }
        starts |= {date.fromisoformat(name[:10]) for name in state.get("suspects", {})}
        return [
            _days(start, size, account.since, today)
            for start in sorted(starts)
            if start + timedelta(days=size) > account.since
        ]

    def cursor_after(self, window: Window) -> str:
        """The cursor once this window is read."""
        return window.last_day

    def finished(self, state: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The state once every window is read; windows that no pull looks at again leave it."""
        today = now.astimezone(BEIJING).date()
        kept = (today - timedelta(days=2 * max(self.deep_lag, self.lag, 31))).isoformat()
        windows = {name: known for name, known in state["windows"].items() if name >= kept}
        deep = today.isoformat() if self._is_deep(state, today) else state["deep_on"]
        return {**state, "windows": windows, "deep_on": deep}

    def _is_deep(self, state: dict[str, Any], today: date) -> bool:
        last = state.get("deep_on")
        return last is None or today - date.fromisoformat(last) >= DEEP_EVERY


@dataclass(frozen=True)
class Moments:
    """Spans between two moments, for records that are asked for by when they last changed.

    Attributes:
        longest: the most that the vendor answers at once.
        overlap: read again at every pull, because records appear late.
        settle: how long the vendor asks to wait before a change is told.
    """

    longest: timedelta
    overlap: timedelta = timedelta(minutes=10)
    settle: timedelta = timedelta(0)

    def due(self, state: dict[str, Any], account: Account, now: datetime) -> list[Window]:
        """The windows to read, oldest first."""
        start = datetime.combine(account.since, time(), BEIJING)
        if cursor := state.get("cursor"):
            start = max(start, datetime.fromisoformat(cursor) - self.overlap)
        end = (now.astimezone(BEIJING) - self.settle).replace(microsecond=0)
        windows = []
        while start < end:
            stop = min(start + self.longest, end)
            windows.append(Window(f"{start:%Y%m%dT%H%M%S}-{stop:%Y%m%dT%H%M%S}", start, stop))
            start = stop
        return windows

    def cursor_after(self, window: Window) -> str:
        """The cursor once this window is read."""
        return window.end.isoformat()

    def finished(self, state: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The state once every window is read: such windows never come again as they were."""
        return {**state, "windows": {}}


@dataclass(frozen=True)
class Everything:
    """The whole of a list, for records of which the vendor does not tell when they changed."""

    def due(self, state: dict[str, Any], account: Account, now: datetime) -> list[Window]:
        """One window, which comes again at every pull: as always, it must not suddenly shrink."""
        moment = now.astimezone(BEIJING)
        return [Window("everything", moment, moment)]

    def cursor_after(self, window: Window) -> str:
        """When it was read last."""
        return window.end.isoformat()

    def finished(self, state: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The state as it is."""
        return state


def _days(start: date, size: int, since: date, today: date) -> Window:
    end = min(start + timedelta(days=size), today + timedelta(days=1))
    begin, stop = (datetime.combine(day, time(), BEIJING) for day in (max(start, since), end))
    # Windows of another size are other windows: their rows say nothing about these.
    return Window(f"{start}" if size == 1 else f"{start}+{size}d", begin, stop)


def _first_set(*values: int | None) -> int:
    return next(value for value in values if value is not None)
