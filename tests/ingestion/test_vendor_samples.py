"""Samples of vendors' own documents: every record lands or is quarantined, none is read twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.records import BadRecord
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

# Replies of WeChat's APIs that no source reads, and why.
NOT_READ = {
    "user_info.json": "one follower: wechat_users asks for a hundred at a time",
    "datacube_getarticletotal.json": "figures of articles, about no person",
    "sns_jscode2session.json": "a login of the mini program, which its own server asks for",
    "wxa_business_getuserphonenumber.json": "a phone that a visitor gave to the brand's own server",
}
# Of WeCom only contacts of employees are read; the other replies answer commands, or list codes,
# tags, groups and messages sent.
READ_OF_WECOM = ["externalcontact_batch_get_by_user.json", "externalcontact_get.json"]


def landed(source: str, lines: list[Any], root: Path) -> tuple[int, int, int]:
    """How many records were read, landed and quarantined of these lines, and not one more."""
    warehouse = Warehouse(root)
    wire.deliver(warehouse, source, lines)
    first = wire.load(warehouse)
    again = wire.load(warehouse)
    assert again.rows_read == 0
    assert first.rows_read == first.rows_landed + first.rows_duplicate + first.rows_quarantined
    assert all(reason for _, _, reason, _ in wire.quarantine(warehouse))
    return first.rows_read, first.rows_landed, first.rows_quarantined


def test_every_sample_is_read_or_known_not_to_be(shared_data: Path) -> None:
    read = {"user_info_batchget.json", "wechat_oa_event_xml.json", "wxjava_messages.json"}
    samples = {path.name for path in (shared_data / "wechat").glob("*.json")}
    assert samples == read | NOT_READ.keys()
    of_wecom = {path.name for path in (shared_data / "wechat" / "work").iterdir()}
    assert of_wecom > set(READ_OF_WECOM)


def test_every_message_to_an_official_account_lands(shared_data: Path, tmp_path: Path) -> None:
    samples = json.loads((shared_data / "wechat" / "wechat_oa_event_xml.json").read_text("utf-8"))
    lines = [wire.gateway(body=sample["xml"]) for sample in samples]
    read, kept, bad = landed("wechat_oa", lines, tmp_path)
    assert read == len(samples) == kept + bad
    # placeholders stand for the time of some
    assert bad == sum("<CreateTime>123456789<" in sample["xml"] for sample in samples) > 0
    reasons = {reason for _, _, reason, _ in wire.quarantine(Warehouse(tmp_path))}
    assert {reason.partition(" (")[2] for reason in reasons} == {"year 1973)"}


def test_every_follower_of_a_page_lands(shared_data: Path, tmp_path: Path) -> None:
    page = json.loads((shared_data / "wechat" / "user_info_batchget.json").read_text("utf-8"))
    lines = [wire.pull({"appid": "wx1"}, page)]
    people = len(page["user_info_list"])
    assert landed("wechat_users", lines, tmp_path) == (people, people, 0)


@pytest.mark.parametrize("name", READ_OF_WECOM)
def test_every_contact_lands_once_with_each_phone_noted(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    reply = json.loads((shared_data / "wechat" / "work" / name).read_text("utf-8"))
    lines = [wire.pull({"corpid": "ww1", "userid_list": ["zhangsan"]}, reply)]
    followers = reply.get("follow_user") or [
        entry["follow_info"] for entry in reply["external_contact_list"]
    ]
    records = sum(max(1, len(follower.get("remark_mobiles") or [])) for follower in followers)
    assert landed("wecom_contacts", lines, tmp_path) == (records, records, 0)


def test_a_reply_of_another_api_is_quarantined_with_a_reason(shared_data: Path) -> None:
    for name in NOT_READ:
        reply = json.loads((shared_data / "wechat" / name).read_text("utf-8"))
        line = wire.pull({"appid": "wx1"}, reply)
        found = wire.read("wechat_users", wire.text_of("wechat_users", [line]))
        assert [type(record) for record in found] == [BadRecord], name
