"""The truth behind the files, for tests only: who is who, what touched them, what they bought."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.sample_brand.advertising import SMS_BATCH, sms_batch_id
from ingestion.sample_brand.catalogue import CHANNEL, CHANNELS
from ingestion.sample_brand.commerce import receipt_id, trade_outcome
from ingestion.sample_brand.journeys import SCAN, UNSUBSCRIBE, Day
from ingestion.sample_brand.orders import Receipt, SiteOrder, Trade
from ingestion.sample_brand.people import People, identifier_rows
from ingestion.sample_brand.sensors import click_id_of, touch_ids
from ingestion.sample_brand.wire import beijing_text

BLOCK = 50_000
_INSTANT = pa.timestamp("us", tz="UTC")
_MONEY = pa.decimal128(18, 2)
TOUCHES = pa.schema(
    [
        ("person_id", pa.int64()),
        ("channel", pa.string()),
        ("touched_at", _INSTANT),
        ("touch_id", pa.string()),
    ]
)
CONVERSIONS = pa.schema(
    [
        ("order_id", pa.string()),
        ("source", pa.string()),
        ("person_id", pa.int64()),
        ("occurred_at", _INSTANT),
        ("revenue", _MONEY),
        ("refunded", _MONEY),
        ("status", pa.string()),
    ]
)
IDENTIFIERS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("identifier_type", pa.string()),
        ("namespace", pa.string()),
        ("identifier_value", pa.string()),
    ]
)


def _instants(epoch_ms: Iterable[int] | np.ndarray) -> pa.Array:
    return pa.array(np.asarray(epoch_ms, dtype=np.int64) * 1000, pa.int64()).cast(_INSTANT)


def _money(fen: list[int]) -> pa.Array:
    return pa.array([Decimal(amount).scaleb(-2) for amount in fen], _MONEY)


def write_identifiers(path: Path, people: People) -> None:
    """Write the identifiers each person owns or shares, block by block."""
    with pq.ParquetWriter(path, IDENTIFIERS) as writer:
        for begin in range(0, people.count, BLOCK):
            block = np.arange(begin, min(begin + BLOCK, people.count))
            parts = [
                pa.table({"person_id": owner, **columns}, schema=IDENTIFIERS)
                for owner, columns in identifier_rows(people, block)
            ]
            writer.write_table(pa.concat_tables(parts))


class TouchFile:
    """Writes truth/touches.parquet day by day."""

    def __init__(self, path: Path, people: People) -> None:
        """Open the file."""
        self.people = people
        self.counts: Counter[str] = Counter()
        self._writer = pq.ParquetWriter(path, TOUCHES)

    def write(self, day: Day) -> None:
        """Append the touches of a day."""
        people, visits = self.people, day.visits
        rows = np.flatnonzero(visits.is_touch)
        self._add(
            visits.person[rows],
            visits.channel[rows],
            visits.start[rows],
            touch_ids(people, visits, rows),
        )
        self._add(
            day.click_person,
            CHANNEL["douyin_ads"],
            day.click_time,
            [click_id_of(bits) for bits in day.click_bits.tolist()],
        )
        came = day.account_kind != UNSUBSCRIBE
        person, time = day.account_person[came], day.account_time[came]
        in_store = (day.account_kind[came] == SCAN) | (day.account_store[came] >= 0)
        channel = np.where(in_store, CHANNEL["store"], CHANNEL["wechat_official_account"])
        seconds = (time // 1000).tolist()
        openids = people.openids(person)
        ids = [f"{name}|{when}" for name, when in zip(openids, seconds, strict=True)]
        self._add(person, channel, time, ids)
        got = np.flatnonzero(day.sms_delivered)
        ids = [
            f"{sms_batch_id(day, row)}|{people.phone_on(day.number, person)}"
            for row, person in zip(got.tolist(), day.sms_person[got].tolist(), strict=True)
        ]
        sent = day.sms_time[got // SMS_BATCH * SMS_BATCH]
        self._add(day.sms_person[got], CHANNEL["sms"], sent, ids)
        for name, person, time, names in (
            ("taobao", day.taobao_person, day.taobao_time, people.taobao_uids),
            ("douyin_organic", day.douyin_person, day.douyin_time, people.doudian_ids),
        ):
            ids = [
                f"{who}|{beijing_text(when)}"
                for who, when in zip(names(person), time.tolist(), strict=True)
            ]
            self._add(person, CHANNEL[name], time, ids)

    def _add(
        self, person: np.ndarray, channel: np.ndarray | int, time: np.ndarray, ids: list[str]
    ) -> None:
        if not len(person):
            return
        codes = np.broadcast_to(np.asarray(channel), len(person))
        for code, count in enumerate(np.bincount(codes, minlength=len(CHANNELS)).tolist()):
            self.counts[CHANNELS[code]] += count
        table = pa.table(
            {
                "person_id": person,
                "channel": pa.array([CHANNELS[code] for code in codes.tolist()]),
                "touched_at": _instants(time),
                "touch_id": ids,
            },
            schema=TOUCHES,
        )
        self._writer.write_table(table)

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


class OrderBook:
    """Collects orders of all sources; they are few beside events, so they stay in memory."""

    def __init__(self) -> None:
        """Start empty."""
        self.site: list[SiteOrder] = []
        self.trades: list[Trade] = []
        self.receipts: list[Receipt] = []

    def add(self, site: Iterable[SiteOrder], trades: list[Trade], receipts: list[Receipt]) -> None:
        """Add the orders of a day."""
        self.site.extend(site)
        self.trades.extend(trades)
        self.receipts.extend(receipts)

    def write(self, path: Path, end: int) -> dict[str, Any]:
        """Write truth/conversions.parquet and return counts and sums by source and status."""
        rows: list[tuple[str, str, int, int, int, int, str]] = []
        statuses: dict[str, Counter[str]] = defaultdict(Counter)
        for order in self.site:
            status = "paid" if order.is_paid else "placed"
            statuses["sensors"][status] += 1
            if order.is_paid:
                rows.append(
                    (order.order_id, "sensors", order.person, order.time, order.fen, 0, status)
                )
        for trade in self.trades:
            status, refunded = trade_outcome(trade, end)
            statuses["taobao_trades"][status] += 1
            if trade.paid_at:
                rows.append(
                    (str(trade.tid), "taobao_trades", trade.person, trade.paid_at, trade.fen,
                     refunded, status)
                )  # fmt: skip
        back: dict[int, int] = {}
        for receipt in self.receipts:
            if receipt.returned:
                key = id(receipt.returned)
                back[key] = back.get(key, 0) - receipt.fen
                statuses["pos_receipts"]["return"] += 1
        for receipt in self.receipts:
            if receipt.is_withdrawn:
                statuses["pos_receipts"]["withdrawn"] += 1
            elif not receipt.is_return:
                refunded = back.get(id(receipt), 0)
                statuses["pos_receipts"]["sale"] += 1
                rows.append(
                    (receipt_id(receipt), "pos_receipts", receipt.person, receipt.sold_at,
                     receipt.fen, refunded, "refunded" if refunded else "completed")
                )  # fmt: skip
        self._write_table(path, rows)
        gross: Counter[str] = Counter()
        refunds: Counter[str] = Counter()
        for _, source, _, _, fen, refunded, _ in rows:
            gross[source] += fen
            refunds[source] += refunded
        return {
            "orders": {source: dict(sorted(count.items())) for source, count in statuses.items()},
            "conversions": {
                source: sum(row[1] == source for row in rows) for source in sorted(statuses)
            },
            "gross_fen": dict(sorted(gross.items())),
            "refunded_fen": dict(sorted(refunds.items())),
            "net_fen": {source: gross[source] - refunds[source] for source in sorted(gross)},
            "taobao_paid_at_2330": sum(
                beijing_text(trade.paid_at).endswith("23:30:00")
                for trade in self.trades
                if trade.paid_at
            ),
        }

    def _write_table(self, path: Path, rows: list[tuple[Any, ...]]) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * len(CONVERSIONS)
        table = pa.table(
            {
                "order_id": list(columns[0]),
                "source": list(columns[1]),
                "person_id": [None if person < 0 else person for person in columns[2]],
                "occurred_at": _instants(list(columns[3])),
                "revenue": _money(list(columns[4])),
                "refunded": _money(list(columns[5])),
                "status": list(columns[6]),
            },
            schema=CONVERSIONS,
        )
        pq.write_table(table, path)


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON."""
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")
