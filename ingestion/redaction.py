"""Requests and rows without personal identifiers, as the collector would have written them.

What a process of our own writes down is pseudonymised first; the readers of landed files leave
tokens as they are.
"""

from __future__ import annotations

from typing import Any

from ingestion.collector.privacy import Privacy
from ingestion.collector.settings import ConsentSettings
from ingestion.gateway import Request, load_xml, query_of, request_of
from ingestion.identifiers import HASHES, SECRET
from ingestion.manifest import DeclaredFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import ENCODED, UNFORESEEN, BadRecordError, excerpt
from ingestion.sources.click_monitors import MONITORS
from ingestion.sources.declared import AMOUNTS, COUNTS, TIMES
from ingestion.sources.email_events import with_domains
from ingestion.sources.sensors import form_of, json_of

Line = dict[str, Any]


def redacted_request(source: str, line: Line, pseudonymiser: Pseudonymiser) -> Line:
    """A gateway line of a channel whose senders call us.

    One that cannot be read is kept with the reason, for the quarantine.
    """
    # Whether a person refused was asked where the request came in.
    privacy = Privacy(pseudonymiser, ConsentSettings({}, {}, {}, {}))
    kept = {
        name: pseudonymiser.scrub_values(line[name])
        for name in ("received_at", "date", "ingest_time", "method", "flaw")
        if name in line
    }
    try:
        request = request_of(line)
        query, body = _redacted(source, request, privacy)
        about = {"path": request.path, "ip": request.ip, "user_agent": request.user_agent}
        return kept | pseudonymiser.scrub_values(about) | {"query": query, "body": body}
    except UNFORESEEN as error:
        known = error if isinstance(error, BadRecordError) else BadRecordError.unforeseen(error)
        body = redacted_junk(str(line.get("body", line.get("data"))), pseudonymiser)
        reason = pseudonymiser.scrub(known.reason)
        return kept | {"body": body, "flaw": {"reason": reason, "remedy": known.remedy}}


def redacted_row(row: Line, entry: DeclaredFile, pseudonymiser: Pseudonymiser) -> Line:
    """The mapped columns of a row, which is all that is asked for."""
    types = {column: name.partition(":")[0] for name, column in entry.identifiers.items()}
    figures = {entry.columns.get(name) for name in (*TIMES, *AMOUNTS, *COUNTS)}
    redacted = {}
    for column in entry.column_names:
        value = row.get(column)
        kind, text = types.get(column, ""), str(value).strip()
        if value is None:
            continue
        if kind == "phone":
            redacted[column] = pseudonymiser.phone(text) or _no_mobile(text, pseudonymiser)
        elif kind in SECRET and text:
            redacted[column] = pseudonymiser.secret(kind, text)
        elif kind in HASHES and text:
            redacted[column] = pseudonymiser.vendor_hash(kind, text)
        else:
            redacted[column] = value if column in figures else pseudonymiser.scrub_values(value)
    return redacted


def _no_mobile(text: str, pseudonymiser: Pseudonymiser) -> str:
    """What a column of phones holds besides mainland mobile numbers.

    A landline is personal, too, but no identifier: as the token of a phone it would be taken for
    one, and everybody whose phone is "none" for one person.
    """
    if not text or "*" in text:
        return pseudonymiser.scrub(text)
    return pseudonymiser.token("no_mobile", text)


def redacted_junk(text: str, pseudonymiser: Pseudonymiser) -> str:
    """The start of what nobody can read, on one line; base64 would hide a phone in it."""
    return pseudonymiser.scrub(ENCODED.sub("…", " ".join(excerpt(text).split())))


def _redacted(source: str, request: Request, privacy: Privacy) -> tuple[str, str]:
    """Query and body of a request."""
    if source == "sensors":
        project = query_of(request.query).get("project", "")
        body = privacy.json(json_of(form_of(request.body, request.query))).body
        return privacy.clean_query({"project": project}, {}), body
    parameters = query_of(request.query)
    if monitor := MONITORS.get(source.removesuffix("_clicks")):
        return privacy.clean_query(parameters, monitor.hashes(parameters), monitor.ids), ""
    query = privacy.clean_query(parameters, {})
    if source == "email_events":
        return query, privacy.json(with_domains(request.body, privacy.pseudonymiser)).body
    if request.body.lstrip()[:1] == b"<":
        return query, privacy.clean_xml(load_xml(request.body))
    return query, privacy.json(request.body).body
