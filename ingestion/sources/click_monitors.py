"""Click monitors 监测链接 of ad platforms: the only ad clicks that carry a person.

The platform calls our address for each click, with the macros in it replaced: ``__IMEI__`` by the
md5 of an IMEI, and so on. A macro that was not replaced is no value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingestion.files import LandedFile
from ingestion.gateway import Request, Results, dump, query_of, read_requests, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, instant

_NOTHING = ("", "0", "null", "unknown", "00000000-0000-0000-0000-000000000000")
_NOTHING += ("0" * 14, "0" * 15, "0" * 16, "0" * 32, "02:00:00:00:00:00", "020000000000")
# What devices send that tell no id, in the clear and as md5.
NO_DEVICE = {*_NOTHING, *(hashlib.md5(text.encode()).hexdigest() for text in _NOTHING)}
MILLISECOND_DIGITS = 13


@dataclass(frozen=True)
class Monitor:
    """How one platform calls.

    Attributes:
        ids: parameters that tell what was clicked; they stay as they are, as an ad's id can look
            like a phone.
        keys: parameters that tell clicks apart: the first that has a value.
        hashed: hashes of something enumerable, and its identifier type.
        devices: further parameters that name a device.
        clicked_at: the epoch of the click, in seconds or milliseconds.
        ios_hashes: of ``hashed``, those that are of an IDFA on iOS, which nobody can enumerate.
    """

    ids: tuple[str, ...]
    keys: tuple[str, ...]
    hashed: dict[str, str]
    devices: tuple[str, ...]
    clicked_at: str = ""
    ios_hashes: tuple[str, ...] = field(default=())

    def hashes(self, click: dict[str, str]) -> dict[str, str]:
        """The parameters of this click that hold hashes to be pseudonymised, and their type."""
        on_ios = click.get("device_os_type", "").lower() == "ios"
        return {
            name: kind
            for name, kind in self.hashed.items()
            if not (on_ios and name in self.ios_hashes) and names_a_device(click.get(name))
        }


MONITORS = {
    "ocean": Monitor(
        ids=("advertiser_id", "project_id", "promotion_id", "cid", "csite", "ts"),
        keys=("track_id", "request_id"),
        hashed={"imei": "imei_md5", "mac": "mac_md5", "mac1": "mac_md5"},
        devices=("idfa", "oaid", "androidid"),
        clicked_at="ts",
    ),
    "tencent": Monitor(
        ids=(
            *("account_id", "campaign_id", "adgroup_id", "ad_id", "dynamic_creative_id"),
            *("click_time", "process_time", "real_cost"),
        ),
        keys=("click_id",),
        hashed={
            "muid": "imei_md5",
            "hash_mac": "mac_md5",
            "mac": "mac_md5",
            "hash_phone": "phone_md5",
        },
        devices=("oaid", "hash_oaid", "hash_android_id"),
        clicked_at="click_time",
        ios_hashes=("muid",),
    ),
    "baidu": Monitor(
        ids=("userid", "plan_id", "unit_id", "idea_id", "word_id", "ts"),
        keys=("bd_vid", "click_id"),
        hashed={
            "imei": "imei_md5",
            "imei_md5": "imei_md5",
            "mac": "mac_md5",
            "mac_md5": "mac_md5",
        },
        devices=("idfa", "oaid", "oaid_md5", "androidid_md5"),
        clicked_at="ts",
    ),
    "xiaohongshu": Monitor(
        ids=("advertiser_id", "campaign_id", "unit_id", "creativity_id"),
        keys=("click_id",),
        hashed={"imei": "imei_md5", "imei_md5": "imei_md5", "mac": "mac_md5"},
        devices=("idfa", "oaid", "oaid_md5"),
    ),
}


def names_a_device(value: str | None) -> bool:
    """Whether there is an id at all: no macro left as it stood, no id of nothing."""
    return bool(value) and not _is_macro(str(value)) and str(value).lower() not in NO_DEVICE


def read_clicks(
    file: LandedFile, pseudonymiser: Pseudonymiser, monitor: Monitor
) -> Iterator[Record | BadRecord]:
    """Every click; key: (its id, its time)."""

    def parse(request: Request) -> Results:
        click = {
            name: value
            for name, value in query_of(request.query).items()
            if value and not _is_macro(value)
        }
        for name in (*monitor.hashed, *monitor.devices):
            if name in click and not names_a_device(click[name]):
                del click[name]
        plain = {name: click[name] for name in monitor.ids if name in click}
        hashes = {
            name: pseudonymiser.vendor_hash(kind, click[name])
            for name, kind in monitor.hashes(click).items()
        }
        key = next((click[name] for name in monitor.keys if name in click), None)
        if key is None:
            raise BadRecordError(
                f"{' and '.join(monitor.keys)} are missing",
                f"Add {monitor.keys[0]} with its macro to the address of the click monitor.",
            )
        kept = pseudonymiser.scrub_values(click) | plain | hashes
        if not monitor.clicked_at:
            at = request.received_at.isoformat()
            yield Record("click", (key,), at, request.received_at, dump(kept))
            return
        at = required(click, monitor.clicked_at)
        clicked_at = instant(at, per_second=1000 if len(at) >= MILLISECOND_DIGITS else 1)
        payload = dump(kept | {"_clicked_at_ms": str(round(clicked_at.timestamp() * 1000))})
        yield Record("click", (key, at), at, request.received_at, payload)

    return read_requests(file, parse)


def _is_macro(value: str) -> bool:
    return value.startswith("__") and value.endswith("__")
