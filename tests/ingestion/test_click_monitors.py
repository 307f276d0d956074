"""Click monitors: macros that stayed as they were, ids of nobody, hashes of two systems."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from ingestion.records import BadRecord, Record
from tests.ingestion import wire

IMEI_MD5 = hashlib.md5(b"490154203237518").hexdigest()
IDFA_MD5 = hashlib.md5(b"6D92078A-8246-4BA4-AE5B-76104861E7DC").hexdigest()


def click(source: str, **fields: str) -> dict[str, Any]:
    """What lands of a click."""
    (result,) = wire.read(source, wire.text_of(source, [wire.GOOD_LINES[source](1, **fields)]))
    assert isinstance(result, Record), result
    return json.loads(result.payload)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("ocean_clicks", "idfa"),
        ("tencent_clicks", "hash_oaid"),
        ("baidu_clicks", "oaid_md5"),
        ("xiaohongshu_clicks", "oaid"),
    ],
)
@pytest.mark.parametrize(
    "nothing",
    [
        "__IDFA__",
        "00000000-0000-0000-0000-000000000000",
        "0",
        hashlib.md5(b"").hexdigest(),
        hashlib.md5(b"00000000-0000-0000-0000-000000000000").hexdigest().upper(),
    ],
)
def test_what_names_no_device_does_not_land(source: str, name: str, nothing: str) -> None:
    assert name in click(source, **{name: "some-device"})
    assert name not in click(source, **{name: nothing})


def test_muid_is_pseudonymised_where_it_is_an_imei() -> None:
    token = wire.PSEUDONYMISER.vendor_hash("imei_md5", IMEI_MD5)
    assert click("tencent_clicks", muid=IMEI_MD5, device_os_type="android")["muid"] == token
    # as the collector wrote it
    assert click("tencent_clicks", muid=token, device_os_type="android")["muid"] == token
    assert click("tencent_clicks", muid=IDFA_MD5, device_os_type="ios")["muid"] == IDFA_MD5
    # nobody says what it is: it may be an IMEI
    unsaid = click("tencent_clicks", muid=IDFA_MD5, device_os_type="__DEVICE_OS_TYPE__")
    assert unsaid["muid"].startswith("imei_md5.")


def test_ids_stay_and_phones_do_not() -> None:
    landed = click("tencent_clicks", adgroup_id="13812345678", remark="13812345678")
    assert landed["adgroup_id"] == "13812345678"
    assert landed["remark"] == wire.PSEUDONYMISER.phone("13812345678")


@pytest.mark.parametrize("at", [str(wire.MOMENT), str(wire.MOMENT * 1000)])
def test_seconds_and_milliseconds_are_told_apart(at: str) -> None:
    assert click("baidu_clicks", ts=at)["_clicked_at_ms"] == str(wire.MOMENT * 1000)


def test_a_click_without_an_id_says_what_is_missing() -> None:
    bad = wire.GOOD_LINES["baidu_clicks"](1, bd_vid="__BD_VID__", click_id="")
    (result,) = wire.read("baidu_clicks", wire.text_of("baidu_clicks", [bad]))
    assert isinstance(result, BadRecord)
    assert result.reason == "bd_vid and click_id are missing"
    assert "Add bd_vid with its macro" in result.remedy
