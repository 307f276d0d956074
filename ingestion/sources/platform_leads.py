"""Leads 线索 that ad platforms collect: what is kept of them, and their versions.

What became of a lead arrives minutes later and changes for weeks: each state of it is a version.
Nobody downstream needs what people are called or where they live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, dump, read_pages, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record, digest, local_moment


@dataclass(frozen=True)
class Leads:
    """How one platform writes its leads.

    Attributes:
        rows: takes the leads out of a page, and raises where the page holds none.
        key: the field that holds a lead's id.
        created: the field that holds the local time at which it was made.
        phone: the field that holds a phone, or its token.
        email: the field that holds an e-mail address, or its token.
        ids: ids, which stay as they are.
        kept: further fields that are kept.
        properties: our name of a property, and the field that holds it.
    """

    rows: Callable[[Pull], list[Any]]
    key: str
    created: str
    phone: str
    email: str
    ids: tuple[str, ...]
    kept: tuple[str, ...]
    properties: dict[str, str]


def read_leads(
    file: LandedFile, pseudonymiser: Pseudonymiser, leads: Leads
) -> Iterator[Record | BadRecord]:
    """Every lead of every page; key: (id, content): each change is a version."""

    def record(lead: dict[str, Any], pull: Pull) -> Record:
        known = {name: value for name, value in lead.items() if value not in (None, "", [])}
        lead_id, created = required(known, leads.key), required(known, leads.created)
        local_moment(created)
        phone = pseudonymiser.phone(known.get(leads.phone, ""))
        email = known.get(leads.email)
        told = {name: known[field] for name, field in leads.properties.items() if field in known}
        payload = {name: known[name] for name in (*leads.ids, *leads.kept) if name in known}
        payload |= {leads.created: created, "_properties": {"lead_id": lead_id, **told}}
        payload |= {"_phone": phone} if phone else {}
        payload |= {"_email": pseudonymiser.secret("email", str(email))} if email else {}
        text = dump(payload)
        return Record("lead", (lead_id, digest(text)), created, pull.fetched_at, text)

    return read_pages(file, pseudonymiser, leads.rows, record, leads.ids)
