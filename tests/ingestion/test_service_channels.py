"""CRM, calls, chats, e-mail and replies: what their formats do not say aloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.loading import run as load
from ingestion.records import Record
from ingestion.redaction import redacted_request
from ingestion.sources.sms_replies import command
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

PHONE_TOKEN = wire.PSEUDONYMISER.phone("13812345678")


def payloads(source: str, *lines: Any) -> list[dict[str, Any]]:
    results = wire.read(source, wire.text_of(source, list(lines)))
    assert all(isinstance(result, Record) for result in results), results
    return [json.loads(result.payload) for result in results if isinstance(result, Record)]


def keys(source: str, *lines: Any) -> set[tuple[str, ...]]:
    results = wire.read(source, wire.text_of(source, list(lines)))
    return {result.key for result in results if isinstance(result, Record)}


def test_the_customer_of_a_call_is_who_called_in_or_was_called() -> None:
    inbound, outbound = payloads(
        "call_records",
        wire.call_records(1),
        wire.call_records(2, **{"type": "outbound", "from": "4008282815", "to": "13812345678"}),
    )
    assert inbound["_phone"] == outbound["_phone"] == PHONE_TOKEN
    assert inbound["_line"] == outbound["_line"] == "4008282815"
    assert (inbound["_direction"], outbound["_direction"]) == ("inbound", "outbound")
    (hidden,) = payloads("call_records", wire.call_records(1, **{"from": "匿名"}))
    assert "_phone" not in hidden


def test_a_call_rated_later_is_a_version_of_the_same_call() -> None:
    rated = wire.call_records(1, satisfaction="满意", tags=["价格", {"name": "投诉"}])
    rated["fetched_at"] = "2026-07-03T05:05:06Z"
    assert len(keys("call_records", wire.call_records(1), rated, rated)) == 2
    assert payloads("call_records", rated)[0]["_tags"] == "价格|投诉"


def test_names_free_text_and_contact_data_of_a_visitor_stay_behind() -> None:
    (card,) = payloads(
        "chat_sessions",
        wire.chat_sessions(
            1, "visitorCard", id=5, name="李雷", mobile="138 1234 5678", weixin="lilei",
            email="Li@Example.com", note="住在湘江边", summarizeName="有意向", tags="油皮,敏感肌",
        ),
    )  # fmt: skip
    assert card["_phone"] == PHONE_TOKEN
    assert card["_email"] == wire.PSEUDONYMISER.secret("email", "li@example.com")
    assert card["_tags"] == "有意向|油皮|敏感肌"
    assert not {"name", "mobile", "weixin", "email", "note"} & card.keys()


def test_an_events_categories_are_one_text_or_many() -> None:
    one, many = payloads(
        "email_events",
        wire.email_events(wire.email_event(1, category="双十一")),
        wire.email_events(wire.email_event(2, category=["双十一", "会员"])),
    )
    assert (one["_categories"], many["_categories"]) == ("双十一", "双十一|会员")
    assert one["email"] == wire.PSEUDONYMISER.secret("email", "li@example.com")
    assert one["_email_domain"] == "example.com"


def test_a_request_that_is_pseudonymised_before_it_is_written_keeps_the_domain() -> None:
    line = wire.email_events(wire.email_event(1))
    redacted = redacted_request("email_events", line, wire.PSEUDONYMISER)
    (event,) = json.loads(redacted["body"])
    assert event["email"] == wire.PSEUDONYMISER.secret("email", "li@example.com")
    assert event["_email_domain"] == "example.com"
    assert payloads("email_events", redacted) == payloads("email_events", line)


def test_a_domain_that_a_sender_claims_is_not_believed() -> None:
    token = wire.PSEUDONYMISER.secret("email", "li@example.com")
    claimed = [
        wire.email_event(number, email=email, _email_domain="acme.cn")
        for number, email in enumerate((token, "nobody", "li@example.com"))
    ]
    redacted = redacted_request("email_events", wire.email_events(*claimed), wire.PSEUDONYMISER)
    domains = [event.get("_email_domain") for event in json.loads(redacted["body"])]
    assert domains == [None, None, "example.com"]


def test_what_lands_of_a_form_is_the_same_whether_its_address_or_its_token_comes_first(
    tmp_path: Path,
) -> None:
    token = wire.PSEUDONYMISER.secret("email", "li@acme.cn")
    forms = [wire.registration_forms(1, phone=None, email=email) for email in ("li@acme.cn", token)]
    landed = []
    for order, deliveries in (("address", forms), ("token", forms[::-1])):
        warehouse = Warehouse(tmp_path / order)
        for number, form in enumerate([*deliveries, deliveries[0]]):
            wire.deliver(warehouse, "registration_forms", [form], f"{number}.jsonl")
            load(warehouse, [], lambda _: None)
        with duckdb.connect(str(warehouse.database), read_only=True) as database:
            rows = database.execute(
                "select event_id, payload from raw.registration_forms order by all"
            ).fetchall()
        landed.append([(event_id, json.loads(payload)) for event_id, payload in rows])
    assert landed[0] == landed[1]
    told = [payload for _, payload in landed[0]]
    # two versions of one row
    assert {payload.get("_email_domain") for payload in told} == {"acme.cn", None}
    assert [payload["identifiers"] for payload in told] == [told[0]["identifiers"]] * 2
    assert len({payload["_key"] for payload in told}) == 1


def test_an_answer_keeps_neither_phone_nor_signature() -> None:
    (answer,) = payloads("wjx_answers", wire.wjx_answers(1, q3="13912345678"))
    assert answer["q3"] == wire.PSEUDONYMISER.phone("13912345678")
    assert "sign" not in answer


@pytest.mark.parametrize(
    ("text", "meant"),
    [("TD", "TD"), (" 退订。", "退订"), ("ｔｄ", "TD"), ("t", "T"), ("请问什么时候发货", ""),
     ("138001", ""), ("", ""), ("?!", "")],
)  # fmt: skip
def test_a_command_is_short_and_counts_in_any_spelling(text: str, meant: str) -> None:
    assert command(text) == meant


def test_what_people_answer_to_a_message_does_not_land() -> None:
    (reply,) = payloads("sms_replies", wire.sms_replies(1, content="请打我家里电话 13912345678"))
    assert "content" not in reply
    assert reply["_command"] == ""
    assert reply["_length"] == 19


def test_a_deleted_object_is_a_version_of_its_own() -> None:
    known = wire.fxiaoke_crm(1)
    gone = wire.fxiaoke_crm(1, is_deleted=True)
    assert len(keys("fxiaoke_crm", known, known, gone)) == 2


def test_an_employee_behind_a_label_and_a_persons_name_do_not_land() -> None:
    (lead,) = payloads(
        "fxiaoke_crm",
        wire.fxiaoke_crm(
            1, name="李雷-官网留资", mobile="13812345678", tel="0731-88888888", owner=["1000"],
            owner__r={"name": "蒋小川", "phone": "13912345678"}, source__r="官网",
            related_object_data=[{"describe_api_name": "AccountObj", "id": "A1"}], tags=["大客户"],
        ),
    )  # fmt: skip
    assert lead["_phone"] == PHONE_TOKEN
    assert (lead["_owner"], lead["_AccountObj"], lead["_tags"]) == ("1000", "A1", "大客户")
    assert lead["source__r"] == "官网"
    assert not {"mobile", "tel", "owner__r", "name"} & lead.keys()
