"""JD 京东 POP orders (jingdong.pop.order.search): yuan texts, naive Beijing times.

An order comes again whenever its ``modified`` moves; every version lands, the latest counts.
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

# Nobody downstream needs where a buyer lives or what the buyer is called.
DROPPED = frozenset(
    {"consigneeInfo", "invoiceInfo", "vatInfo", "orderRemark", "venderRemark", "pin", "realPin"}
)


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every order of every page; key: (orderId, modified, content): each change is a version."""
    return read_pages(file, pseudonymiser, _orders, _record)


def _orders(pull: Pull) -> list[Any]:
    return as_list(result_of(pull.response).get("orderInfoList") or [], "orderInfoList")


def _record(order: dict[str, Any], pull: Pull) -> Record:
    kept = without(order, DROPPED)
    local_moment(required(kept, "orderStartTime"))
    modified = required(kept, "modified")
    local_moment(modified)
    as_list(kept.get("itemInfoList"), "itemInfoList")
    # a buyer's open id means one person only within the application that asked
    payload = dump({**kept, "_app_key": str(pull.request.get("app_key") or "")})
    key = (required(kept, "orderId"), modified, digest(payload))
    return Record("order", key, modified, pull.fetched_at, payload)


def result_of(response: dict[str, Any]) -> dict[str, Any]:
    """The search's result; JD spells it ``responce``.

    Raises:
        BadRecordError: the API answered an error, at either of the two places it has for one.
    """
    error = response.get("error_response")
    page = as_object(response.get("jingdong_pop_order_search_responce") or {}, "the response")
    found = as_object(page.get("searchorderinfo_result") or {}, "searchorderinfo_result")
    answer = as_object(found.get("apiResult") or {}, "apiResult")
    if error or not answer.get("success"):
        code = as_object(error, "error_response").get("code") if error else answer.get("errorCode")
        raise BadRecordError(
            f"the API answered an error ({str(code)[:60]})", "Pull this window again."
        )
    return found
