"""Taobao trades as the Open Platform pages them, and till receipts as the stores export them."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from ingestion.sample_brand.catalogue import PRODUCTS, STORES
from ingestion.sample_brand.orders import (
    FINISHED,
    PAID,
    REFUNDED,
    UNPAID_CLOSED,
    WAITING,
    Receipt,
    Trade,
    is_past_midnight,
)
from ingestion.sample_brand.people import People, member_of, phone_as_written
from ingestion.sample_brand.wire import (
    DAY_MS,
    LandingFile,
    beijing_date,
    beijing_text,
    pull_line,
    yuan_text,
)

PAGE_SIZE = 40
OVERLAP_MS = 600_000
LATE_STORE_DAY_SHARE = 0.04
RE_EXPORT_SHARE = 0.05
LAST_DIGITS_WITH_DEFAULT_PHONE = "01234567"
LAST_DIGITS_OF_ANONYMOUS_RETURNS = "89"
POS_HEADER = (
    "门店编号,收银机号,小票号,行号,类型,营业日期,销售时间,商品编码,数量,金额,会员号,手机号,收银员,"
    "原营业日期,原小票号"
)


class TaobaoWriter:
    """Writes taobao_trades/YYYY-MM-DD.jsonl: two overlapping pulls a day, all pages each."""

    def __init__(self, people: People, days: int) -> None:
        """Start with no changes to come."""
        self.people = people
        self.days = days
        self.changes: defaultdict[int, list[tuple[int, int, Trade]]] = defaultdict(list)
        self.counts: Counter[str] = Counter()

    def write(self, file: LandingFile, number: int, start: int, trades: list[Trade]) -> None:
        """Write the trades modified on a day; changes beyond the last day are never seen."""
        for trade in trades:
            for n, (time, _, _) in enumerate(trade.changes):
                day = number + (time - start) // DAY_MS
                if day < self.days:
                    self.changes[day].append((time, n, trade))
        changed = self.changes.pop(number, [])
        noon = start + DAY_MS // 2
        for begin, end in ((start, noon), (noon - OVERLAP_MS, start + DAY_MS)):
            latest: dict[int, tuple[int, int, Trade]] = {}
            for change in sorted(changed, key=lambda change: (change[0], change[2].tid)):
                if begin <= change[0] < end:
                    latest[change[2].tid] = change
            self._pages(file, begin, end, list(latest.values()))

    def _pages(
        self, file: LandingFile, begin: int, end: int, changed: list[tuple[int, int, Trade]]
    ) -> None:
        pages = max(1, -(-len(changed) // PAGE_SIZE))
        for page in range(pages, 0, -1):  # from the last page back, or a pull loses trades
            part = changed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
            person = np.array([trade.person for _, _, trade in part], dtype=np.int64)
            trades = [
                self._trade(trade, n, uid, ouid)
                for (_, n, trade), uid, ouid in zip(
                    part,
                    self.people.taobao_uids(person),
                    self.people.taobao_ouids(person),
                    strict=True,
                )
            ]
            request = {
                "method": "taobao.trades.sold.increment.get",
                "seller_nick": "花间旗舰店",
                "start_modified": beijing_text(begin),
                "end_modified": beijing_text(end),
                "page_no": page,
                "page_size": PAGE_SIZE,
            }
            answer = {"total_results": len(changed), "trades": {"trade": trades}}
            line = pull_line(end - 30_000, request, {"trades_sold_increment_get_response": answer})
            file.write(line)
            self.counts["taobao_pages"] += 1
            self.counts["taobao_records"] += len(trades)

    def _trade(self, trade: Trade, change: int, uid: str, ouid: str) -> dict[str, Any]:
        modified, status, refunded = trade.changes[change]
        lines = []
        for n, line in enumerate(trade.lines):
            product = PRODUCTS[line.product]
            lines.append(
                {
                    "oid": str(trade.tid + n + 1),
                    "num_iid": product.item,
                    "outer_sku_id": product.sku,
                    "title": product.name,
                    "num": line.quantity,
                    "payment": yuan_text(line.fen),
                    "divide_order_fee": yuan_text(line.fen),
                    "refund_status": "SUCCESS" if n < refunded else "NO_REFUND",
                }
            )
        record = {
            "tid": str(trade.tid),
            "status": status,
            "created": beijing_text(trade.created),
            "modified": beijing_text(modified),
            "payment": yuan_text(trade.fen),
            "post_fee": "0.00",
            "buyer_open_uid": uid,
            "ouid": ouid,
        }
        if status not in (WAITING, UNPAID_CLOSED):
            record["pay_time"] = beijing_text(trade.paid_at)
        if trade.tid // 1_000_000_000 % 3 == 0:
            style = int(self.people.phone_style[trade.person])
            phone = self.people.phone_on(trade.day, trade.person)
            record["receiver_mobile"] = phone_as_written(phone, style)
        return {**record, "orders": {"order": lines}}


def trade_outcome(trade: Trade, end: int) -> tuple[str, int]:
    """Return (status, fen refunded) of a trade as the files show it at the end."""
    seen = [change for change in trade.changes if change[0] < end]
    _, status, refunded = seen[-1]
    fen = sum(line.fen for line in trade.lines[:refunded])
    words = {
        WAITING: "placed",
        PAID: "paid",
        FINISHED: "completed",
        REFUNDED: "refunded",
        UNPAID_CLOSED: "cancelled",
    }
    return words[status], fen


class TillWriter:
    """Writes pos_receipts/YYYY-MM-DD.csv: the file of a day holds what was exported that day."""

    def __init__(self, people: People, days: int) -> None:
        """Start with nothing late."""
        self.people = people
        self.days = days
        self.pending: defaultdict[int, list[str]] = defaultdict(list)
        self.counts: Counter[str] = Counter(
            pos_rows_late=0,
            pos_rows_exported_again=0,
            pos_rows_withdrawn=0,
            pos_receipts_with_default_phone=0,
        )

    def write(self, file: LandingFile, number: int, start: int, receipts: list[Receipt]) -> None:
        """Write the whole store days exported on a day.

        A store that sells past midnight exports after closing, hence on the next day. A store day
        exported again replaces the first export: one sale of it has been withdrawn.
        """
        rng = np.random.default_rng([self.people.seed, 6, number])
        late_by = np.where(
            rng.random(len(STORES)) < LATE_STORE_DAY_SHARE, rng.integers(1, 6, len(STORES)), 0
        ).tolist()
        again = (rng.random(len(STORES)) < RE_EXPORT_SHARE).tolist()
        last = self.days - 1
        for code, store in enumerate(STORES):
            its = [receipt for receipt in receipts if receipt.store == code]
            rows = [self._rows(receipt, start) for receipt in its]
            exported = min(number + max(late_by[code], store.is_open_late), last)
            self._export(exported, rows)
            count = sum(map(len, rows))
            self.counts["pos_rows"] += count
            self.counts["pos_rows_late"] += count * (late_by[code] > 0)
            past_midnight = [is_past_midnight(receipt, start) for receipt in its]
            self.counts["pos_rows_past_midnight"] += sum(
                len(part) for part, is_past in zip(rows, past_midnight, strict=True) if is_past
            )
            if again[code] and exported < last and its:
                kept = self._without_one_sale(its, rows)
                self._export(exported + 1, kept)
                self.counts["pos_rows_exported_again"] += sum(map(len, kept))
        text = "\r\n".join([POS_HEADER, *self.pending.pop(number, [])]) + "\r\n"
        file.write(text.encode("utf-8-sig"))

    def _export(self, number: int, rows: list[list[str]]) -> None:
        self.pending[number].extend(row for part in rows for row in part)

    def _without_one_sale(self, receipts: list[Receipt], rows: list[list[str]]) -> list[list[str]]:
        """Withdraw the last sale nothing was returned of, unless it is all there is."""
        for n in range(len(receipts) - 1, -1, -1):
            receipt = receipts[n]
            if len(receipts) > 1 and not receipt.is_return and not receipt.has_return:
                receipt.is_withdrawn = True
                self.counts["pos_rows_withdrawn"] += len(rows[n])
                return rows[:n] + rows[n + 1 :]
        return rows

    def _rows(self, receipt: Receipt, start: int) -> list[str]:
        # who brings goods back need not say who they are
        is_anonymous = receipt.is_return and receipt.number[-1] in LAST_DIGITS_OF_ANONYMOUS_RETURNS
        person = -1 if is_anonymous else receipt.person
        member = phone = ""
        if person >= 0:
            habit = person * 2_654_435_761 % 100
            phone = self.people.phone_on(receipt.business_day, person)
            if self.people.is_member[person] and habit < 75:
                member = member_of(person)
            if habit % 10 < 3:
                phone = f"{phone[:3]}****{phone[-4:]}"
            elif habit % 10 >= 6:
                phone = ""
            else:
                phone = phone_as_written(phone, int(self.people.phone_style[person]))
        store, till = STORES[receipt.store], f"{1 + receipt.store % 2:02d}"
        if (
            not phone
            and store.default_phone
            and receipt.number[-1] in LAST_DIGITS_WITH_DEFAULT_PHONE
        ):
            phone = store.default_phone
            self.counts["pos_receipts_with_default_phone"] += 1
        kind = "RETURN" if receipt.is_return else "SALE"
        original = ","
        if sale := receipt.returned:
            sold_on = start - (receipt.business_day - sale.business_day) * DAY_MS
            original = f"{beijing_date(sold_on)},{sale.number}"
        return [
            f"{store.number},{till},{receipt.number},{n},{kind},{beijing_date(start)},"
            f"{beijing_text(receipt.sold_at)},{PRODUCTS[line.product].sku},{line.quantity},"
            f"{yuan_text(line.fen)},{member},{phone},{7 + receipt.store:02d},"
            f"{original}"
            for n, line in enumerate(receipt.lines, start=1)
        ]


def receipt_id(receipt: Receipt) -> str:
    """Return "store-till-receipt number", which names a receipt among all stores."""
    till = f"{1 + receipt.store % 2:02d}"
    return f"{STORES[receipt.store].number}-{till}-{receipt.number}"
