"""Fxiaoke 纷享销客 CRM objects (POST /cgi/crm/v2/data/query), one page of one object a line.

Leads, opportunities, contracts, follow-ups, accounts and contacts. Numbers come as strings, empty
fields not at all; a deleted object comes once more, marked ``is_deleted``. Every version lands.
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
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, instant
from ingestion.tags import tag_text

OBJECTS = ("LeadsObj", "NewOpportunityObj", "OpportunityObj", "ContractObj", "ActiveRecordObj")
OBJECTS += ("AccountObj", "ContactObj")
PHONES = ("mobile", "mobile1", "mobile2", "tel", "tel1", "tel2", "phone")
# Nobody downstream needs what a person is called, where they live, or who sits in the sales team.
DROPPED = ("relevant_team", "address", "location", "active_record_content")
UNNAMED = ("LeadsObj", "ContactObj")


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every object of every page; key: (_id, last_modified_time, is_deleted)."""

    def record(item: Any, pull: Pull) -> Record:
        known = as_object(item, "the object")
        name = str(known.get("object_describe_api_name") or _asked_for(pull))
        if name not in OBJECTS:
            raise BadRecordError(
                f"the object {name[:40]!r} is none that is read",
                f"Pull one of {', '.join(OBJECTS)}.",
            )
        modified = required(known, "last_modified_time")
        instant(modified, per_second=1000)
        is_deleted = known.get("is_deleted") in (True, "true", 1, "1")
        fields = {
            **_kept(name, known, pseudonymiser),
            **pseudonymiser.scrub_values(_told(known)),
            "is_deleted": is_deleted,
        }
        key = (required(known, "_id"), modified, str(is_deleted))
        return Record(name, key, modified, pull.fetched_at, dump(fields))

    def parse(pull: Pull) -> Results:
        if code := pull.response.get("errorCode"):
            raise BadRecordError(
                f"the API answered an error ({str(code)[:40]})", "Pull this page again."
            )
        page = as_object(pull.response.get("data"), "data")
        # an empty page leaves the list out
        items = as_list(page.get("dataList") or [], "data.dataList")
        yield from each(items, lambda item: record(item, pull))

    return read_pulls(file, parse)


def _asked_for(pull: Pull) -> str:
    data = pull.request.get("data")
    asked = data if isinstance(data, dict) else pull.request
    return str(asked.get("dataObjectApiName") or asked.get("apiName") or "")


def _kept(name: str, known: dict[str, Any], pseudonymiser: Pseudonymiser) -> dict[str, Any]:
    """The object's fields without what nobody needs, phones as tokens."""
    kept = {
        field: value
        for field, value in known.items()
        # a label (owner__r) may be a whole employee
        if not (field in DROPPED or (field.endswith("__r") and not isinstance(value, str)))
    }
    if name in UNNAMED:
        kept.pop("name", None)
    phones = [
        token
        for field in PHONES
        if kept.get(field) and (token := pseudonymiser.phone(kept.pop(field)))
    ]
    email = str(kept.pop("email", None) or "")
    scrubbed = pseudonymiser.scrub_values(kept)
    if phones:
        scrubbed["_phone"] = phones[0]
    if "@" in email:
        scrubbed["_email"] = pseudonymiser.secret("email", email)
    if domain := pseudonymiser.email_domain(email):
        scrubbed["_email_domain"] = domain
    return scrubbed


def _told(known: dict[str, Any]) -> dict[str, str]:
    """What stands in lists: the owner, the tags, and whom a follow-up is about."""
    told = {}
    owner = known.get("owner")
    if owner := owner[0] if isinstance(owner, list) and owner else owner:
        told["_owner"] = str(owner)
    if tags := tag_text(known.get("tags")):
        told["_tags"] = tags
    for related in known.get("related_object_data") or []:
        if isinstance(related, dict) and related.get("id"):
            told.setdefault(f"_{related.get('describe_api_name')}", str(related["id"]))
    return told
