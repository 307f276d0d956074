"""抖店 Douyin shop orders (order/searchList): fen, epoch seconds, one child order a line.

An order comes again whenever its ``update_time`` moves; every version lands, the latest counts.
Refunds come by themselves: doudian_aftersales.
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
from ingestion.records import BadRecord, BadRecordError, Record, digest, instant

# Nobody downstream needs where a buyer lives or what the buyer is called; encrypted as they are.
DROPPED = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "encrypt_", "mask_")
    for name in ("post_tel", "post_receiver", "post_addr", "id_card_no", "id_card_name")
) | {"user_id_info", "user_coordinate", "buyer_words", "seller_words", "account_list"}
DROPPED |= {"contract_info", "serial_number_list"}


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every order; key: (order_id, update_time, content): each change is a version."""
    return read_pages(file, pseudonymiser, _orders, _record)


def _orders(pull: Pull) -> list[Any]:
    return as_list(page_of(pull.response).get("shop_order_list") or [], "shop_order_list")


def _record(order: dict[str, Any], pull: Pull) -> Record:
    kept = without(order, DROPPED)
    payload = dump(kept)
    instant(required(kept, "create_time"))
    updated_at = required(kept, "update_time")
    instant(updated_at)
    as_list(kept.get("sku_order_list"), "sku_order_list")
    key = (required(kept, "order_id"), updated_at, digest(payload))
    return Record("order", key, updated_at, pull.fetched_at, payload)


def page_of(response: dict[str, Any]) -> dict[str, Any]:
    """The ``data`` of an answer.

    Raises:
        BadRecordError: the API answered an error.
    """
    if str(response.get("code")) != "10000":
        raise BadRecordError(
            f"the API answered code {str(response.get('code'))[:20]} "
            f"({str(response.get('sub_code'))[:60]})",
            "Pull this window again.",
        )
    return as_object(response.get("data"), "data")
