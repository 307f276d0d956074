"""Youzan 有赞 trades: yuan, naive Beijing times.

Pages of a list (youzan.trades.sold.get 4.0.4), and single trades (youzan.trade.get): only these
tell how much of a trade was paid back. A trade comes again whenever its ``update_time`` moves;
every version lands, the latest counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import (
    Pull,
    as_list,
    as_object,
    dump,
    read_pages,
    required,
    without,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, digest, local_moment

# Nobody downstream needs where a buyer lives or what the buyer is called; encrypted as they are.
DROPPED = frozenset(
    {"address_info", "remark_info", "child_info", "order_extra", "fans_nickname", "buyer_messages"}
)


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every trade of every answer; key: (tid, update_time, content): each change is a version."""
    return read_pages(file, pseudonymiser, _trades, _record)


def _trades(pull: Pull) -> list[Any]:
    if pull.response.get("code") != 200:
        raise BadRecordError(
            f"the API answered code {str(pull.response.get('code'))[:20]}",
            "Pull this window again.",
        )
    data = as_object(pull.response.get("data"), "data")
    if "full_order_info" in data:
        return [data]
    return as_list(data.get("full_order_info_list"), "full_order_info_list")


def _record(item: dict[str, Any], pull: Pull) -> Record:
    trade = as_object(item.get("full_order_info"), "full_order_info")
    kept = without(trade, DROPPED)
    if refunds := item.get("refund_order"):
        kept["refund_order"] = as_list(refunds, "refund_order")
    about = as_object(kept.get("order_info"), "order_info")
    local_moment(required(about, "created"))
    updated_at = required(about, "update_time")
    local_moment(updated_at)
    as_list(kept.get("orders"), "orders")
    payload = dump(kept)
    key = (required(about, "tid"), updated_at, digest(payload))
    return Record("trade", key, updated_at, pull.fetched_at, payload)
