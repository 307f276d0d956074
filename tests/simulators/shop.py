"""What the simulators of shops share: orders, listed by the time they changed last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ingestion.pulls.vendor import Clock
from ingestion.records import BEIJING
from tests.simulators.server import Answered, Simulator

CLOCKS_MAY_DIFFER = timedelta(minutes=10)


class Shop(Simulator):
    """A shop. ``newest_first``: how its list is sorted; ``holes``: calls answered without rows."""

    newest_first = False

    def __init__(self, clock: Clock) -> None:
        self.orders: dict[str, tuple[datetime, dict[str, Any]]] = {}
        self.holes: set[int] = set()
        super().__init__(clock)

    def put(self, order_id: str, changed: datetime, order: dict[str, Any]) -> None:
        """A new order, or another state of a known one."""
        self.orders[order_id] = (changed, order)

    def changed_within(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Orders whose last change lies in the span, as the vendor sorts them."""
        found = [
            (changed, order_id, order)
            for order_id, (changed, order) in self.orders.items()
            if start <= changed <= end
        ]
        found.sort(key=lambda entry: entry[:2], reverse=self.newest_first)
        return [order for _, _, order in found]

    def page(self, rows: list[dict[str, Any]], number: int, size: int) -> list[dict[str, Any]]:
        """A page, numbered from 0."""
        if len(self.asked) in self.holes:
            return []
        return rows[number * size : (number + 1) * size]

    def is_near(self, moment: datetime) -> bool:
        """Whether a timestamp is good."""
        return abs(self.clock.now() - moment) <= CLOCKS_MAY_DIFFER


def beijing(text: str) -> datetime:
    """The moment of a naive Beijing time."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def as_text(moment: datetime) -> str:
    """A moment as a naive Beijing time."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def refused(status: int = 200, **body: Any) -> Answered:
    """An error as vendors tell it: in the body of a good answer."""
    return Answered(status, body)
