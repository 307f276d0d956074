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
    Results,
    as_list,
    as_object,
    dump,
    each,
    read_pulls,
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
    """Every trade of every page; key: (tid, update_time, content): each change is a version."""

    def record(item: Any, pull: Pull) -> Record:
        known = as_object(item, "the item")
        trade = dict(as_object(known.get("full_order_info"), "full_order_info"))
        if refunds := known.get("refund_order"):
            trade["refund_order"] = as_list(refunds, "refund_order")
        kept = pseudonymiser.scrub_values(without(trade, DROPPED))
        about = as_object(kept.get("order_info"), "order_info")
        local_moment(required(about, "created"))
        updated_at = required(about, "update_time")
        local_moment(updated_at)
        as_list(kept.get("orders"), "orders")
        payload = dump(kept)
        key = (required(about, "tid"), updated_at, digest(payload))
        return Record("trade", key, updated_at, pull.fetched_at, payload)

    def parse(pull: Pull) -> Results:
        if pull.response.get("code") != 200:
            raise BadRecordError(
                f"the API answered code {str(pull.response.get('code'))[:20]}",
                "Pull this window again.",
            )
        data = as_object(pull.response.get("data"), "data")
        trades = [data] if "full_order_info" in data else data.get("full_order_info_list")
        yield from each(as_list(trades, "full_order_info_list"), lambda item: record(item, pull))

    return read_pulls(file, parse)
