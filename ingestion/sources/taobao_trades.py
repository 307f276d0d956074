"""Taobao / Tmall trades 淘宝天猫订单 (taobao.trades.sold.increment.get).

A trade comes again whenever its ``modified`` moves; every version lands, the latest counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object, dump, read_pages, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, digest, local_moment

# Nobody downstream needs where a buyer lives or what the buyer is called.
DROPPED = ("receiver_name", "receiver_address", "receiver_phone", "buyer_message", "buyer_nick")


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every trade of every page; key: (tid, modified, content): each change is a version."""
    return read_pages(file, pseudonymiser, _trades, _record)


def _trades(pull: Pull) -> list[Any]:
    if error := pull.response.get("error_response"):
        raise BadRecordError(
            f"the API answered an error ({str(error)[:80]})", "Pull this window again."
        )
    page = as_object(pull.response.get("trades_sold_increment_get_response"), "the response")
    # TOP leaves `trades` out of an empty page.
    return as_list((page.get("trades") or {"trade": []}).get("trade"), "trades.trade")


def _record(trade: dict[str, Any], pull: Pull) -> Record:
    kept = {name: value for name, value in trade.items() if name not in DROPPED}
    payload = dump(kept)
    tid, modified = required(kept, "tid"), required(kept, "modified")
    local_moment(required(kept, "created"))
    local_moment(modified)
    return Record("trade", (tid, modified, digest(payload)), modified, pull.fetched_at, payload)
