"""WeCom: contacts, callbacks and archived chats, and what of them lands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.records import BadRecord, Record
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

PHONE = "13912345678"


def payloads(source: str, *lines: Any) -> list[dict[str, Any]]:
    found = wire.read(source, wire.text_of(source, list(lines)))
    assert all(isinstance(record, Record) for record in found), found
    return [json.loads(record.payload) for record in found]  # type: ignore[union-attr]


def test_every_phone_that_an_employee_noted_is_a_record() -> None:
    noted = ["0731-8888 9999", PHONE, 13500000001]
    found = payloads("wecom_contacts", wire.wecom_contacts(1, remark_mobiles=noted))
    assert [record["phone"] for record in found] == [
        None,
        wire.PSEUDONYMISER.phone(PHONE),
        wire.PSEUDONYMISER.phone("13500000001"),
    ]
    assert {record["unionid"] for record in found} == {"u1"}


def test_what_an_employee_wrote_about_a_contact_stays_outside() -> None:
    tags = [
        {"group_name": "意向", "tag_name": "高", "type": 1},
        {"tag_name": "话多", "type": 2},
    ]
    line = wire.wecom_contacts(1, remark="李总", description="怀孕", tags=tags)
    (found,) = payloads("wecom_contacts", line)
    assert found["_tags"] == "意向=高"
    assert not any(
        word in json.dumps(found, ensure_ascii=False) for word in ("李总", "怀孕", "话多")
    )


def test_the_vendors_own_examples_of_contacts_are_read(shared_data: Path) -> None:
    folder = shared_data / "wechat" / "work"
    found = []
    for name in ("externalcontact_get.json", "externalcontact_batch_get_by_user.json"):
        answer = json.loads((folder / name).read_text(encoding="utf-8"))
        found += payloads("wecom_contacts", wire.pull({"corpid": "ww1"}, answer))
    # rocky noted two numbers too short for phones, tommy none; of the list's contacts one has two
    assert [record["external_userid"][-4:] for record in found] == [
        "H71w", "H71w", "H71w", "HAAA", "HAAA", "HBBB"
    ]  # fmt: skip
    assert [bool(record["phone"]) for record in found] == [False] * 3 + [True, True, False]
    assert found[2]["state"] == "外联二维码1"


def test_the_vendors_own_callbacks_are_read(shared_data: Path) -> None:
    messages = json.loads((shared_data / "wechat" / "wxjava_messages.json").read_text("utf-8"))
    texts = [
        message["xml"]
        for message in messages
        if message["file"].startswith("WxCp") and "xml" in message
    ]
    lines = [wire.gateway(body=text.replace("\\t", "").replace("\\n", "")) for text in texts]
    found = wire.read("wecom_callbacks", wire.text_of("wecom_callbacks", lines))
    landed = [json.loads(record.payload) for record in found if isinstance(record, Record)]
    left = [event for event in landed if event.get("ChangeType") == "del_external_contact"]
    assert left
    assert left[0]["ExternalUserID"] == "woAJ2GCAAAXtWyujaWJHDDGi0mACH71w"
    # of employees neither names nor phones land
    assert not any(
        word in json.dumps(event, ensure_ascii=False)
        for event in landed
        for word in ("张三", "15913215421", "phone.", "gzdev", "020-3456788")
    )


def test_a_callback_sent_three_times_lands_once(warehouse: Warehouse) -> None:
    wire.deliver(warehouse, "wecom_callbacks", [wire.wecom_callbacks(1)] * 3)
    outcome = wire.load(warehouse)
    assert (outcome.rows_landed, outcome.rows_duplicate) == (1, 2)
    ((_, text),) = wire.raw(warehouse, "wecom_callbacks")
    assert "WelcomeCode" not in text


@pytest.mark.parametrize(
    ("message", "customer", "staff", "from_customer"),
    [
        ({"from": "guide07", "tolist": ["woA"]}, "woA", "guide07", False),
        ({"from": "wmA", "tolist": ["guide07"]}, "wmA", "guide07", True),
        # among employees, and to a group: nobody in particular
        ({"from": "guide07", "tolist": ["guide08"]}, None, "guide07", False),
        ({"from": "guide07", "tolist": ["woA"], "roomid": "wr1"}, None, "guide07", False),
        ({"from": "guide07", "tolist": ["woA", "woB", "guide08"]}, None, "guide07", False),
        ({"from": "woA", "tolist": ["guide7", "guide8", "woB"], "roomid": "wr"}, "woA", None, True),
    ],
)  # fmt: skip
def test_who_is_the_customer(
    message: dict[str, Any], customer: str | None, staff: str | None, from_customer: bool
) -> None:
    (found,) = payloads("wecom_chats", wire.wecom_chats(wire.chat_message(1, **message)))
    assert found["external_userid"] == customer
    assert found["userid"] == staff
    assert found["from_customer"] is from_customer


def test_what_was_said_lands_only_where_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    line = wire.wecom_chats(wire.chat_message(1, text={"content": f"打 {PHONE} 给我"}))
    (silent,) = payloads("wecom_chats", line)
    assert silent["properties"] == {"message_type": "text"}
    assert "给我" not in json.dumps(silent, ensure_ascii=False)
    monkeypatch.setenv("OMNITOUCH_KEEP_CHAT_TEXT", "true")
    (kept,) = payloads("wecom_chats", line)
    assert kept["properties"]["text"] == f"打 {wire.PSEUDONYMISER.phone(PHONE)} 给我"


def test_messages_that_are_missing_are_told_and_the_others_land() -> None:
    first = wire.wecom_chats(wire.chat_message(5), wire.chat_message(6), seq=0)
    second = wire.wecom_chats(wire.chat_message(9), wire.chat_message(10), seq=6)
    found = wire.read("wecom_chats", wire.text_of("wecom_chats", [first, second]))
    assert [type(record) for record in found] == [Record, Record, BadRecord, Record, Record]
    gap = found[2]
    assert isinstance(gap, BadRecord)
    assert gap.reason == "messages 7 to 8 are missing"
    assert "five days" in gap.remedy


def test_an_employee_who_changes_the_corporation_says_nothing_but_takes_a_number() -> None:
    switch = {"msgid": "s", "action": "switch", "time": wire.MOMENT * 1000, "user": "guide07"}
    page = wire.wecom_chats(wire.chat_message(1), {"seq": 2, "message": switch}, seq=0)
    _, found = payloads("wecom_chats", page)
    assert (found["action"], found["seq"]) == ("switch", 2)
    assert "external_userid" not in found
