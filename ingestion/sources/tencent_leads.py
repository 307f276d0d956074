"""Tencent Ads 腾讯广告 leads 线索 (leads_list/get): forms, calls and chats on ads."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record
from ingestion.sources.platform_leads import Leads, read_leads
from ingestion.sources.tencent_reports import rows

LEADS = Leads(
    rows=lambda pull: rows(pull, "leads_info"),
    key="leads_id",
    created="leads_create_time",
    phone="leads_telephone",
    email="leads_email",
    ids=("account_id", "leads_id", "adgroup_id", "dynamic_creative_id", "click_id", "page_id"),
    kept=("leads_type", "page_url"),
    properties={
        "lead_state": "leads_follow_tag",
        "convert_status": "outer_leads_convert_type",
        "lost_reason": "outer_leads_ineffect_reason",
        "lead_source": "leads_source",
        "form": "page_name",
        "city": "leads_area",
        "tags": "leads_tags",
        "shop": "shop_name",
    },
)


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every lead of every page; key: (leads_id, content)."""
    return read_leads(file, pseudonymiser, LEADS)
