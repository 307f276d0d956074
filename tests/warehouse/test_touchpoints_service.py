"""SMS, e-mail, calls, chats and CRM: what vendors send over the wire, as it stands in the marts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.loading import run as load
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import worlds
from tests.warehouse.worlds import query

LI, HAN = "13812345678", "13912345678"
# 2026-07-03 04:05:06 UTC
AT = wire.MOMENT * 1000
HOUR = 3_600_000


def fetched(line: wire.Line, at: str) -> wire.Line:
    """The line as a later pull."""
    return {**line, "fetched_at": at}


FIRST: dict[str, list[Any]] = {
    "wjx_answers": [wire.wjx_answers(1)],
    "sms_reports": [
        wire.sms_reports(1, phone_number=LI, out_id="summer"),
        wire.sms_reports(2, phone_number=HAN, out_id="summer", success=False),
    ],
    "sms_replies": [
        wire.sms_replies(1, phone_number=LI, content="退订"),
        wire.sms_replies(2, phone_number=HAN, content="你们几点开门？"),
    ],
    "email_events": [
        wire.email_events(
            wire.email_event(1, event="processed"),
            wire.email_event(2, event="delivered"),
            wire.email_event(3, event="open", sg_machine_open=True),
            wire.email_event(4, event="open", subject="新品到店", category=["双十一", "会员"]),
            wire.email_event(5, event="click", url="https://s.example.cn/a1"),
            wire.email_event(6, event="bounce", type="blocked", reason="550"),
            wire.email_event(7, event="spamreport"),
            wire.email_event(8, event="group_unsubscribe"),
        )
    ],
    "call_records": [
        wire.call_records(17, **{"from": LI}),
        wire.call_records(18, **{"type": "呼出", "from": "4008282815", "to": HAN, "connect": 0}),
        wire.call_records(
            19, **{"type": "呼出", "from": "4008282815", "to": HAN},
            created_at="2026-07-04 15:00:00", duration=95, tags=["投诉"],
        ),
    ],
    "chat_sessions": [
        wire.chat_sessions(1, visitorStaticId="vs1", visitorMsgCount=6, userId="agent9"),
        wire.chat_sessions(2, visitorStaticId="vs2", visitorMsgCount=0, effective=0),
    ],
    "fxiaoke_crm": [
        wire.fxiaoke_crm(1, leads_status="un_assigned", mobile=HAN, company="湘江贸易"),
        wire.fxiaoke_crm(
            2, "ContactObj", account_id="A1", mobile=LI, email="li@example.com",
            job_title="采购总监",
            account_id__r="湘江贸易", tags=["大客户"],
        ),
        wire.fxiaoke_crm(3, "AccountObj", name="湘江贸易", industry__r="零售", tel="0731-88888888"),
        wire.fxiaoke_crm(
            4, "NewOpportunityObj", account_id="68fa3", sales_stage__r="需求确认",
            amount="12000.00",
            sales_status__r="进行中", stg_changed_time=AT, owner=["1000"],
        ),
    ],
}  # fmt: skip
# what changed since: a rating, a card with a phone, a lead that was taken and won, a deleted visit
LATER: dict[str, list[Any]] = {
    "call_records": [
        fetched(
            wire.call_records(17, **{"from": LI}, satisfaction="满意", tags=["价格"]),
            "2026-07-04T04:05:06Z",
        ),
    ],
    "chat_sessions": [
        fetched(
            wire.chat_sessions(
                1, visitorStaticId="vs1", visitorMsgCount=6, userId="agent9", intent="高",
                tags="油皮,敏感肌", score=4.5,
            ),
            "2026-07-04T04:05:06Z",
        ),
        wire.chat_sessions(
            1, "visitorCard", id=5, visitorStaticId="vs1", mobile=LI, city="长沙", sex="女"
        ),
    ],
    "fxiaoke_crm": [
        wire.fxiaoke_crm(
            1, leads_status="processed", mobile=HAN, company="湘江贸易",
            last_modified_time=AT + HOUR,
            owner=["1000"],
        ),
        wire.fxiaoke_crm(
            1, leads_status="processed", mobile=HAN, company="湘江贸易", owner=["1000"],
            last_modified_time=AT + 2 * HOUR,
        ),
        wire.fxiaoke_crm(
            5, "ActiveRecordObj", create_time=AT + HOUR // 2, active_record_type__r="电话",
            owner=["1000"], related_object_data=[{"describe_api_name": "LeadsObj", "id": "68fa1"}],
        ),
        wire.fxiaoke_crm(
            6, "ActiveRecordObj", create_time=AT + HOUR, active_record_type__r="到店",
            contact_id="68fa2", is_deleted=True, last_modified_time=AT + 3 * HOUR,
        ),
        wire.fxiaoke_crm(
            8, "ActiveRecordObj", create_time=AT + 10 * HOUR, active_record_type__r="拜访",
            contact_id="68fa2", owner=["1000"], last_modified_time=AT + 10 * HOUR,
        ),
        wire.fxiaoke_crm(
            4, "NewOpportunityObj", account_id="68fa3", sales_stage__r="合同签订",
            amount="15000.00",
            sales_status__r="赢单", stg_changed_time=AT + 5 * HOUR, owner=["1000"],
            last_modified_time=AT + 6 * HOUR,
        ),
        wire.fxiaoke_crm(
            7, "ContractObj", account_id="68fa3", contract_amount="15000.00", life_status="normal",
            confirm_time=AT + 7 * HOUR, last_modified_time=AT + 8 * HOUR,
        ),
        wire.fxiaoke_crm(
            2, "ContactObj", account_id="A1", mobile=LI, email="li@example.com", job_title="总经理",
            account_id__r="湘江贸易", last_modified_time=AT + 9 * HOUR,
        ),
    ],
}  # fmt: skip


def deliver(warehouse: Path, lines: dict[str, list[Any]], name: str) -> None:
    for source, delivered in lines.items():
        wire.deliver(Warehouse(warehouse), source, delivered, f"{name}.jsonl")
    load(Warehouse(warehouse), [], lambda _: None)


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything in one load and one full build."""
    warehouse = tmp_path_factory.mktemp("at_once")
    worlds.empty_warehouse(warehouse)
    deliver(warehouse, FIRST, "first")
    deliver(warehouse, LATER, "later")
    worlds.dbt(warehouse, "run", "--select", *worlds.FILLED)
    return warehouse


def events(warehouse: Path, source: str, columns: str) -> list[tuple[Any, ...]]:
    return query(
        warehouse,
        f"select event_type, {columns} from marts.events where source = '{source}' "
        "order by occurred_at, event_type, event_id",
    )


def customer_of(warehouse: Path, identifier_type: str, value: str) -> str:
    ((customer,),) = query(
        warehouse,
        "select customer_id from marts.customer_identifiers "
        f"where identifier_type = '{identifier_type}' and identifier_value = '{value}'",
    )
    return customer


def customer_of_phone(warehouse: Path, phone: str) -> str:
    token = wire.PSEUDONYMISER.phone(phone) or ""
    return customer_of(warehouse, "phone", token.split(".")[2])


def test_messages_are_delivered_and_answered_and_an_opt_out_is_one(at_once: Path) -> None:
    li, han = (customer_of_phone(at_once, phone) for phone in (LI, HAN))
    assert events(at_once, "sms_reports", "channel, customer_id, campaign_id") == [
        ("message_delivered", "sms", li, "summer"),
        ("message_failed", "sms", han, "summer"),
    ]
    assert events(
        at_once, "sms_replies", "channel, customer_id, raw_discriminator, content_id"
    ) == [
        ("message_received", "sms", han, None, "花间"),
        ("unsubscribe", "sms", li, "退订", "花间"),
    ]


def test_a_mail_is_followed_from_sending_to_spam_and_machines_open_nothing(
    at_once: Path,
) -> None:
    rows = events(at_once, "email_events", "channel, campaign_id, content_id, page_url")
    assert sorted(row[0] for row in rows) == [
        "message_bounced", "message_clicked", "message_delivered", "message_machine_opened",
        "message_opened", "message_sent", "message_spam", "unsubscribe",
    ]  # fmt: skip
    assert {row[1] for row in rows} == {"email"}
    assert ("message_opened", "email", "双十一", "新品到店", None) in rows
    assert ("message_clicked", "email", "双十一", None, "https://s.example.cn/a1") in rows
    # an address that the CRM knows with a phone is that person
    ((customer, touches),) = query(
        at_once,
        "select e.customer_id, count(*) filter (counts_as_touch) from marts.events as e "
        "join seeds.event_types using (event_type) "
        "where source = 'email_events' and exclusion_reason is null group by 1",
    )
    assert customer == customer_of_phone(at_once, LI)
    assert touches == 2
    # a machine that opened it is nobody
    assert query(
        at_once,
        "select event_type, exclusion_reason, customer_id from marts.events "
        "where source = 'email_events' and exclusion_reason is not null",
    ) == [("message_machine_opened", "machine", "unknown")]


def test_who_opted_out_is_told_so_in_the_row_of_the_customer(at_once: Path) -> None:
    li, han = (customer_of_phone(at_once, phone) for phone in (LI, HAN))
    rows = query(
        at_once,
        "select customer_id, can_sms, can_email, is_follower from marts.customers "
        f"where customer_id in ('{li}', '{han}')",
    )
    # who only asks a question has agreed to nothing, and taken nothing back
    assert dict((row[0], row[1:]) for row in rows) == {
        li: (False, False, None), han: (None, None, None)
    }  # fmt: skip
    assert query(
        at_once,
        "select consent, is_given, consents.source, events.event_type, stated_at = occurred_at "
        "from marts.customer_consents as consents "
        "inner join marts.events on consents.evidence_id = events.event_id "
        f"where consents.customer_id = '{li}' and consent = 'sms'",
    ) == [("sms", False, "sms_replies", "unsubscribe", True)]


def test_a_call_is_one_touch_and_its_rating_came_later(at_once: Path) -> None:
    rows = events(at_once, "call_records", "channel, customer_id, staff_id, properties")
    assert [row[0] for row in rows] == ["call", "call_missed", "csat", "call"]
    # what telesales did
    assert (rows[3][2], json.loads(rows[3][4])["duration_seconds"]) == (
        customer_of_phone(at_once, HAN), 95
    )  # fmt: skip
    call = json.loads(rows[0][4])
    assert rows[0][1:4] == ("call_center", customer_of_phone(at_once, LI), "733")
    assert call["duration_seconds"] == 182
    assert (call["satisfaction"], call["tags"], call["line"]) == ("满意", "价格", "4008282815")
    # half past ten in Beijing
    assert query(
        at_once,
        "select occurred_at::text from marts.events where event_type = 'call' "
        "and source = 'call_records' order by 1",
    ) == [("2026-07-03 02:30:00",), ("2026-07-04 07:00:00",)]
    assert query(
        at_once,
        "select tag, tag_name, category, until_at from marts.customer_tags "
        "where source = 'call_records' order by 1",
    ) == [
        ("complaint", "投诉", "service", None),
        ("price_sensitive", "价格敏感", "behaviour", None),
    ]


def test_a_chat_is_one_consultation_as_it_was_noted_last(at_once: Path) -> None:
    rows = events(at_once, "chat_sessions", "keyword, staff_id, customer_id, properties")
    assert [row[0] for row in rows] == ["consult", "consult_started", "csat"]
    li = customer_of_phone(at_once, LI)
    assert rows[0][1:4] == ("面霜", "agent9", li)
    told = json.loads(rows[0][4])
    assert told["duration_seconds"] == 300
    assert (told["score"], told["intent"], told["tags"]) == (4.5, "高", "油皮|敏感肌")
    tags = query(
        at_once,
        "select tag, tag_value, since_at::text, until_at from marts.customer_tags "
        f"where source = 'chat_sessions' and customer_id = '{li}' order by 1",
    )
    # noted a day after the chat
    assert tags == [
        ("intent", "高", "2026-07-04 04:05:06", None),
        ("skin_oily", None, "2026-07-04 04:05:06", None),
        ("skin_sensitive", None, "2026-07-04 04:05:06", None),
    ]
    assert query(
        at_once, f"select gender, city from marts.customers where customer_id = '{li}'"
    ) == [("female", "长沙")]


def test_an_answered_questionnaire_is_its_members(at_once: Path) -> None:
    (row,) = events(at_once, "wjx_answers", "channel, customer_id, occurred_at::text, properties")
    # half past eleven at night in Beijing
    assert row[:4] == (
        "survey_submit", "survey", customer_of(at_once, "member_id", "M88001"),
        "2026-07-03 15:30:00",
    )  # fmt: skip
    told = json.loads(row[4])
    assert (told["questionnaire"], told["score"], told["duration_seconds"]) == ("满意度", 15, 528)


def test_a_lead_an_opportunity_and_a_contract_pass_their_stages_once(at_once: Path) -> None:
    rows = events(
        at_once,
        "fxiaoke_crm",
        "occurred_at::text, staff_id, customer_id, raw_event, "
        "cast(properties->>'amount' as double), properties->>'stage'",
    )
    han = customer_of_phone(at_once, HAN)
    account = customer_of(at_once, "crm_account_id", "68fa3")
    li = customer_of_phone(at_once, LI)
    assert rows == [
        ("lead_created", "2026-07-03 04:05:06", None, han, "LeadsObj", None, None),
        ("opportunity_stage", "2026-07-03 04:05:06", "1000", account, "NewOpportunityObj", 12000.0,
         "需求确认"),
        ("call", "2026-07-03 04:35:06", "1000", han, "ActiveRecordObj", None, None),
        ("lead_accepted", "2026-07-03 05:05:06", "1000", han, "LeadsObj", None, None),
        ("withdrawn", "2026-07-03 05:05:06", None, li, "ActiveRecordObj", None, None),
        ("opportunity_won", "2026-07-03 09:05:06", "1000", account, "NewOpportunityObj", 15000.0,
         "合同签订"),
        ("contract_signed", "2026-07-03 11:05:06", None, account, "ContractObj", 15000.0, None),
        ("follow_up", "2026-07-03 14:05:06", "1000", li, "ActiveRecordObj", None, None),
    ]  # fmt: skip


def test_what_sales_knows_of_a_contact_is_the_latest_and_an_ended_tag_ends(
    at_once: Path,
) -> None:
    li = customer_of_phone(at_once, LI)
    attributes = {
        row[0]: row[1:]
        for row in query(
            at_once,
            "select attribute, attribute_value, source, since_at::text "
            f"from marts.customer_attributes where customer_id = '{li}'",
        )
    }
    assert attributes["job_title"] == ("总经理", "fxiaoke_crm", "2026-07-03 13:05:06")
    assert attributes["company"] == ("湘江贸易", "fxiaoke_crm", "2026-07-03 04:05:06")
    assert attributes["crm_account_id"][0] == "A1"
    assert query(
        at_once,
        "select tag, since_at::text, until_at::text from marts.customer_tags "
        "where source = 'fxiaoke_crm'",
    ) == [("key_account", "2026-07-03 04:05:06", "2026-07-03 13:05:06")]


def test_calls_visits_and_follow_ups_are_touchpoints_and_system_rows_are_not(at_once: Path) -> None:
    touched = {
        row
        for row in query(
            at_once,
            "select distinct event_type, counts_as_touch from marts.events "
            "join seeds.event_types using (event_type)",
        )
    }
    assert {("call", True), ("consult", True), ("message_clicked", True)} <= touched
    assert {("lead_created", False), ("withdrawn", False), ("csat", False)} <= touched
    # a call that was fetched twice, and one of the CRM; the visit was deleted
    assert query(
        at_once,
        "select channel, count(*) from intermediate.int_touchpoints_identified "
        "where channel in ('call_center', 'sales') group by 1 order by 1",
    ) == [("call_center", 2), ("sales", 2)]


def test_versions_that_come_later_build_what_one_full_build_does(
    at_once: Path, tmp_path: Path
) -> None:
    worlds.empty_warehouse(tmp_path)
    deliver(tmp_path, FIRST, "first")
    worlds.dbt(tmp_path, "run", "--select", *worlds.FILLED)
    deliver(tmp_path, LATER, "later")
    worlds.dbt(tmp_path, "run", "--select", *worlds.FILLED)
    worlds.assert_same(worlds.marts(tmp_path), worlds.marts(at_once))
    worlds.assert_promises_hold(tmp_path, *worlds.CHANNEL_TESTS)
