"""Ocean Engine 巨量引擎 click monitor 监测链接: the only ad clicks that carry a person."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import Request, Results, dump, query_of, read_requests, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record, instant

# md5 of the empty text and the all-zero ids name no device.
NO_DEVICE = {"d41d8cd98f00b204e9800998ecf8427e", "00000000-0000-0000-0000-000000000000", "0"}
HASHED = {"imei": "imei_md5", "mac": "mac_md5"}


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every click; key: (track_id or request_id, ts). Unreplaced ``__MACRO__``s are no values."""

    def parse(request: Request) -> Results:
        click = {
            name: value
            for name, value in query_of(request.query).items()
            if value and not (value.startswith("__") and value.endswith("__"))
        }
        for name in ("imei", "mac", "idfa", "oaid", "androidid"):
            if click.get(name, "").lower() in NO_DEVICE:
                click.pop(name, None)
        for name, identifier_type in HASHED.items():
            if value := click.pop(name, None):
                click[name] = pseudonymiser.vendor_hash(identifier_type, value)
        clicked_at = required(click, "ts")
        instant(clicked_at, per_second=1000)
        key = (click.get("track_id") or required(click, "request_id"), clicked_at)
        payload = dump(pseudonymiser.scrub_values(click))
        yield Record("click", key, clicked_at, request.received_at, payload)

    return read_requests(file, parse)
