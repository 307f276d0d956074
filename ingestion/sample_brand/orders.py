"""What was bought: own-site orders, Taobao trades and till receipts, with what became of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ingestion.sample_brand.catalogue import PRICES, STORES
from ingestion.sample_brand.journeys import H5, IN_STORE, ON_TAOBAO, REAL, TABLET_SLOT, Day
from ingestion.sample_brand.people import People
from ingestion.sample_brand.wire import BEIJING_MS, DAY_MS, beijing_date

ABANDONED_SHARE = 0.004
UNPAID_SHARE = 0.08
FULL_REFUND_SHARE = 0.05
LINE_REFUND_SHARE = 0.25
HALF_PAST_ELEVEN_SHARE = 0.05
WALK_IN_RATE = 0.0024
RETURN_SHARE = 0.05
VOID_SHARE = 0.02
PAST_MIDNIGHT_SHARE = 0.15

WAITING, PAID, FINISHED, REFUNDED, UNPAID_CLOSED = (
    "WAIT_BUYER_PAY",
    "WAIT_SELLER_SEND_GOODS",
    "TRADE_FINISHED",
    "TRADE_CLOSED",
    "TRADE_CLOSED_BY_TAOBAO",
)


@dataclass(frozen=True, slots=True)
class Line:
    """An order line: product, quantity and what was paid for it in fen."""

    product: int
    quantity: int
    fen: int


@dataclass(slots=True)
class SiteOrder:
    """An order of the web site, the app or the mini program."""

    order_id: str
    person: int
    lines: list[Line]
    is_paid: bool
    time: int

    @property
    def fen(self) -> int:
        """Return the amount of the order."""
        return sum(line.fen for line in self.lines)

    @property
    def product(self) -> int:
        """Return the first product."""
        return self.lines[0].product

    @property
    def item_count(self) -> int:
        """Return the number of pieces."""
        return sum(line.quantity for line in self.lines)


@dataclass(slots=True)
class Trade:
    """A Taobao trade with its changes of status as (epoch ms, status, lines refunded)."""

    tid: int
    day: int
    person: int
    lines: list[Line]
    created: int
    paid_at: int
    changes: list[tuple[int, str, int]] = field(default_factory=list)

    @property
    def fen(self) -> int:
        """Return the payment; the brand ships free, so it holds no postage."""
        return sum(line.fen for line in self.lines)


@dataclass(slots=True)
class Receipt:
    """A till receipt; returns and voids are receipts of their own with negative lines."""

    store: int
    business_day: int
    sold_at: int
    person: int
    lines: list[Line]
    is_return: bool
    number: str = ""
    returned: "Receipt | None" = None
    has_return: bool = False
    is_withdrawn: bool = False

    @property
    def fen(self) -> int:
        """Return the amount, negative for a return."""
        return sum(line.fen for line in self.lines)


class OrderDesk:
    """Turns each day's buyers into orders; remembers returns that are still to come."""

    def __init__(self, people: People, days: int) -> None:
        """Start with no returns to come."""
        self.people = people
        self.days = days
        self.returns: defaultdict[int, list[Receipt]] = defaultdict(list)

    def take(self, day: Day) -> tuple[dict[int, SiteOrder], list[Trade], list[Receipt]]:
        """Return own-site orders by visit, new Taobao trades, and till receipts of the day."""
        rng = np.random.default_rng([self.people.seed, 5, day.number])
        return self._site(rng, day), self._trades(rng, day), self._receipts(rng, day)

    def _baskets(self, rng: np.random.Generator, count: int) -> Iterator[list[Line]]:
        sizes = rng.choice(np.arange(1, 4), count, p=[0.6, 0.3, 0.1])
        total = int(sizes.sum())
        product = rng.integers(0, len(PRICES), total)
        quantity = 1 + (rng.random(total) < 0.1)
        off = rng.choice(np.array([100, 90, 80]), total, p=[0.6, 0.25, 0.15])
        fen = PRICES[product] * quantity * off // 100
        lines = list(map(Line, product.tolist(), quantity.tolist(), fen.tolist()))
        end = 0
        for size in sizes.tolist():
            yield lines[end : end + size]
            end += size

    def _site(self, rng: np.random.Generator, day: Day) -> dict[int, SiteOrder]:
        online = np.flatnonzero(day.buyer_visit >= 0)
        visits = day.visits
        idle = (visits.platform <= H5) & (visits.kind == REAL) & (visits.slot < TABLET_SLOT)
        idle &= rng.random(len(visits)) < ABANDONED_SHARE
        idle[day.buyer_visit[online]] = False
        abandoned = np.flatnonzero(idle)
        rows = np.concatenate([day.buyer_visit[online], abandoned])
        paid = np.arange(len(rows)) < len(online)
        date = beijing_date(day.start).replace("-", "")
        return {
            row: SiteOrder(f"HJ{date}{n:07d}", person, basket, is_paid, 0)
            for n, (row, person, is_paid, basket) in enumerate(
                zip(
                    rows.tolist(),
                    visits.person[rows].tolist(),
                    paid.tolist(),
                    self._baskets(rng, len(rows)),
                    strict=True,
                )
            )
        }

    def _trades(self, rng: np.random.Generator, day: Day) -> list[Trade]:
        mine = day.buyer_place == ON_TAOBAO
        unpaid = rng.binomial(int(mine.sum()), UNPAID_SHARE)
        shoppers = np.flatnonzero(self.people.shops_taobao)
        extra = rng.choice(shoppers, unpaid) if len(shoppers) else shoppers[:0]
        person = np.concatenate([day.buyer[mine], extra])
        morning = day.start + 9 * 3_600_000
        time = np.concatenate(
            [day.buyer_time[mine], morning + rng.integers(0, 14 * 3_600_000, len(extra))]
        )
        late = rng.random(len(person)) < HALF_PAST_ELEVEN_SHARE
        time[late] = day.start + (23 * 60 + 30) * 60_000
        luck = rng.random((len(person), 2))
        wait = rng.integers(20_000, 900_000, len(person))
        wait[late] = 118_000
        ship = rng.integers(6 * DAY_MS, 12 * DAY_MS, len(person))
        back = rng.integers(10 * DAY_MS, 25 * DAY_MS, len(person))
        trades = []
        for n, basket in enumerate(self._baskets(rng, len(person))):
            tid = (3_900_000_000 + day.number * 1_000_000 + n) * 1_000_000_000
            paid_at = int(time[n]) // 1000 * 1000
            created = paid_at - int(wait[n]) // 1000 * 1000
            trade = Trade(tid + 38_471_203, day.number, int(person[n]), basket, created, paid_at)
            trade.changes.append((created, WAITING, 0))
            if n >= len(person) - unpaid:
                trade.paid_at = 0
                trade.changes.append((created + DAY_MS, UNPAID_CLOSED, 0))
            else:
                trade.changes.append((paid_at + 1000, PAID, 0))
                trade.changes.append((paid_at + int(ship[n]), FINISHED, 0))
                refund_time = paid_at + int(ship[n]) + int(back[n]) - 6 * DAY_MS
                if luck[n, 0] < FULL_REFUND_SHARE:
                    trade.changes[-1] = (paid_at + int(back[n]), REFUNDED, len(basket))
                elif len(basket) > 1 and luck[n, 1] < LINE_REFUND_SHARE * 0.3:
                    trade.changes.append((refund_time, FINISHED, 1))
            trades.append(trade)
        return trades

    def _receipts(self, rng: np.random.Generator, day: Day) -> list[Receipt]:
        people = self.people
        mine = day.buyer_place == IN_STORE
        walk_ins = rng.poisson(people.count * WALK_IN_RATE)
        person = np.concatenate([day.buyer[mine], np.full(walk_ins, -1)])
        opening = day.start + 10 * 3_600_000
        time = np.concatenate(
            [day.buyer_time[mine], opening + rng.integers(0, 12 * 3_600_000, walk_ins)]
        )
        time = np.maximum(time, opening)
        # customers keep to one store
        store = np.where(
            person < 0, rng.integers(0, len(STORES), len(person)), person % len(STORES)
        )
        luck = rng.random((len(person), 3))
        after = rng.integers(1, 21, len(person))
        receipts = self.returns.pop(day.number, [])
        for n, basket in enumerate(self._baskets(rng, len(person))):
            sold_at = int(time[n]) // 1000 * 1000
            open_late = STORES[store[n]].is_open_late and day.number < self.days - 1
            if open_late and luck[n, 0] < PAST_MIDNIGHT_SHARE:
                sold_at = day.start + DAY_MS + (60 + int(luck[n, 1] * 3000)) * 1000
            sale = Receipt(int(store[n]), day.number, sold_at, int(person[n]), basket, False)
            receipts.append(sale)
            negative = [Line(line.product, -line.quantity, -line.fen) for line in basket]
            if luck[n, 2] < VOID_SHARE:
                sale.has_return = True
                receipts.append(
                    Receipt(
                        sale.store, day.number, sold_at + 120_000, sale.person, negative, True,
                        returned=sale,
                    )
                )  # fmt: skip
            elif luck[n, 2] < VOID_SHARE + RETURN_SHARE and day.number + after[n] < self.days:
                sale.has_return = True
                back = day.number + int(after[n])
                noon = day.start + int(after[n]) * DAY_MS + (12 * 60 + n % 300) * 60_000
                self.returns[back].append(
                    Receipt(sale.store, back, noon, sale.person, negative[:1], True, returned=sale)
                )
        receipts.sort(key=lambda receipt: receipt.sold_at)
        date = beijing_date(day.start).replace("-", "")
        counts = [0] * len(STORES)
        for receipt in receipts:
            counts[receipt.store] += 1
            receipt.number = f"{date}-{counts[receipt.store]:04d}"
        return receipts


def is_past_midnight(receipt: Receipt, day_start: int) -> bool:
    """Return whether the receipt was printed after the midnight that ends its business day."""
    return (receipt.sold_at + BEIJING_MS) // DAY_MS > (day_start + BEIJING_MS) // DAY_MS
