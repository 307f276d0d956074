"""抖店 Douyin shop after-sales 售后单 (afterSale/List): what was paid back of which order, in fen.

An after-sale comes again whenever its ``update_time`` moves; every version lands.
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
from ingestion.records import BadRecord, Record, digest, instant
from ingestion.sources.doudian_orders import page_of

DROPPED = frozenset({"seller_logs", "remark", "return_logistics_code", "order_logistics"})


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every after-sale; key: (aftersale_id, update_time, content): each change is a version."""
    return read_pages(file, pseudonymiser, _aftersales, _record)


def _aftersales(pull: Pull) -> list[Any]:
    return as_list(page_of(pull.response).get("items") or [], "items")


def _record(item: dict[str, Any], pull: Pull) -> Record:
    kept = without(item, DROPPED)
    payload = dump(kept)
    about = as_object(kept.get("aftersale_info"), "aftersale_info")
    required(as_object(kept.get("order_info"), "order_info"), "shop_order_id")
    updated_at = required(about, "update_time")
    instant(updated_at)
    key = (required(about, "aftersale_id"), updated_at, digest(payload))
    return Record("aftersale", key, updated_at, pull.fetched_at, payload)
