"""Ocean Engine 巨量引擎 leads 线索 (tools/clue/get): forms, calls and chats on ads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record
from ingestion.sources.platform_leads import Leads, read_leads


def _rows(pull: Pull) -> list[Any]:
    if pull.response.get("code") != 0:
        raise BadRecordError(
            f"the API answered code {str(pull.response.get('code'))[:20]}",
            "Renew the token or slow down, then pull this window again.",
        )
    return as_list(as_object(pull.response.get("data"), "data").get("list"), "data.list")


LEADS = Leads(
    rows=_rows,
    key="clue_id",
    created="create_time_detail",
    phone="telephone",
    email="email",
    ids=("clue_id", "advertiser_id", "ad_id", "creative_id", "promotion_id", "site_id"),
    kept=("clue_type", "clue_source", "external_url"),
    properties={
        "lead_state": "clue_state_name",
        "follow_state": "follow_state_name",
        "convert_status": "convert_status",
        "intention": "intention_estimation",
        "app": "app_name",
        "form": "module_name",
        "city": "city_name",
        "tags": "tags",
        "request_id": "req_id",
    },
)


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every lead of every page; key: (clue_id, content)."""
    return read_leads(file, pseudonymiser, LEADS)
