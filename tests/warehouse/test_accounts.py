"""Companies, who is in them and who decides: as CRM, forms and mails tell it over the wire."""

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

LI, SUN, ZHOU = "13812345678", "13912345678", "13712345678"
# 2026-07-03 04:05:06 UTC
AT = wire.MOMENT * 1000
HOUR, DAY = 3_600_000, 86_400_000
TITLES = {
    "集团CEO": ("chief", 4, "management"),
    "Co-Founder & CTO": ("owner", 4, "technology"),
    "副总经理": ("vice_president", 3, "management"),
    "VP of Engineering": ("vice_president", 3, "technology"),
    "技术总监": ("director", 3, "technology"),
    "Head of Procurement": ("director", 3, "procurement"),
    "IT经理": ("manager", 2, "technology"),
    "采购主管": ("senior", 1, "procurement"),
    "客户经理": ("senior", 1, "sales"),
    "采购专员": ("staff", 0, "procurement"),
    "International Sales Specialist": ("staff", 0, "sales"),
    "总经理助理": ("assistant", 0, "management"),
    "Product Owner": (None, None, "product"),
    "艺术家": (None, None, None),
}


def contact(name: str, account: str, **fields: Any) -> wire.Line:
    return wire.fxiaoke_crm(0, "ContactObj", _id=name, account_id=account, **fields)


def deal(name: str, account: str | None, hours: int = 0, **fields: Any) -> wire.Line:
    fields |= {"account_id": account} if account else {}
    fields |= {"last_modified_time": AT + hours * HOUR}
    known = {"sales_stage__r": "需求确认", "sales_status__r": "进行中", "stg_changed_time": AT}
    return wire.fxiaoke_crm(0, "NewOpportunityObj", _id=name, **{**known, **fields})


def form(number: int, email: str, **fields: Any) -> wire.Line:
    return wire.registration_forms(number, email=email, phone=None, **fields)


LINES: dict[str, list[Any]] = {
    "fxiaoke_crm": [
        # a small company: its own numbers are those of the two who work there
        wire.fxiaoke_crm(
            0, "AccountObj", _id="A1", name="湘江贸易", industry__r="零售", mobile=LI,
            email="wang@xiangjiang.com.cn",
        ),
        wire.fxiaoke_crm(
            0, "AccountObj", _id="A1", name="湘江贸易", industry__r="零售", mobile=SUN,
            email="zhao@yuelu.cn", last_modified_time=AT + HOUR,
        ),
        contact("li", "A1", mobile=LI, email="li@mail.xiangjiang.com.cn", job_title="采购总监"),
        contact("wang", "A1", email="wang@xiangjiang.com.cn", job_title="采购专员"),
        contact("zhao", "A2", email="zhao@yuelu.cn", company="岳麓科技", job_title="总经理"),
        # somebody who went from one company to the other
        contact("qian", "A1", email="qian@yuelu.cn"),
        contact("qian", "A2", email="qian@yuelu.cn", last_modified_time=AT + HOUR),
        wire.fxiaoke_crm(
            0, "LeadsObj", _id="sun", mobile=SUN, account_id="A2", leads_status="transformed",
            transform_time=AT + HOUR, last_modified_time=AT + HOUR,
        ),
        # of one company, and for another one before
        wire.fxiaoke_crm(
            0, "NewOpportunityObj", _id="O1", contact_id="li", account_id="A2", amount="100.50",
            sales_stage__r="需求确认", sales_status__r="进行中", stg_changed_time=AT - DAY,
        ),
        wire.fxiaoke_crm(
            0, "NewOpportunityObj", _id="O2", account_id="A1", amount="15000.00",
            sales_stage__r="合同签订", sales_status__r="赢单", stg_changed_time=AT + HOUR,
        ),
        wire.fxiaoke_crm(
            0, "ContractObj", _id="K1", account_id="A1", contract_amount="14000.00",
            life_status="normal", confirm_time=AT + 2 * HOUR,
        ),
        wire.fxiaoke_crm(
            0, "ActiveRecordObj", _id="F1", contact_id="li", active_record_type__r="到店",
            create_time=AT + 3 * HOUR, last_modified_time=AT + 3 * HOUR,
        ),
        deal("O3", "A4", contact_id="chen", amount="100.00"),
        deal("O4", "A4", contact_id="feng", amount="70.00"),
        deal("O5", "A4", contact_id="han", amount="40.00"),
        *(
            contact(f"titled{number}", "A3", job_title=title)
            for number, title in enumerate(TITLES)
        ),
    ],
    "registration_forms": [
        form(1, "zhou@xiangjiang.com.cn"),
        form(2, "someone@qq.com"),
        form(3, "other@vip.qq.com"),
        form(4, "first@newcomer.com"),
        form(5, "second@cn.newcomer.com"),
        form(6, "alone@self.cn"),
    ],
    "email_events": [
        wire.email_events(wire.email_event(1, email="Wu@Xiangjiang.com.cn", event="click")),
    ],
}  # fmt: skip
# What is written of the deals later on, of people whom it does not name.
LATER = [
    # raised, and moved to another account; the stage stays
    deal("O3", "A5", 1, contact_id="chen", amount="250.00"),
    # deleted, and nobody is named any more
    deal("O4", "A4", 1, is_deleted=True),
    # won, for an account that nobody names
    deal("O5", None, 2, sales_status__r="赢单", stg_changed_time=AT + 2 * HOUR, amount="40.00"),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("accounts")
    worlds.empty_warehouse(root)
    for number, delivery in enumerate((LINES, {"fxiaoke_crm": LATER})):
        for source, lines in delivery.items():
            wire.deliver(Warehouse(root), source, lines, f"{number}.jsonl")
        outcome = load(Warehouse(root), [], lambda _: None)
        assert (outcome.rows_quarantined, outcome.rows_duplicate) == (0, 0)
        worlds.dbt(root, "run", "--select", *worlds.FILLED)
    return root


def customer(warehouse: Path, kind: str, value: str) -> str:
    if kind == "email":
        value = wire.PSEUDONYMISER.secret(kind, value).split(".")[2]
    ((found,),) = query(
        warehouse,
        "select customer_id from marts.customer_identifiers "
        f"where identifier_type = '{kind}' and identifier_value = '{value}'",
    )
    return found


def test_an_account_is_its_name_its_people_and_its_deals(warehouse: Path) -> None:
    columns = "account_id, account_source, email_domains, account_name, industry, contact_count, "
    columns += "decision_maker_count, open_opportunity_value::double, won_opportunity_count, "
    columns += "won_opportunity_value::double, contract_value::double"
    assert query(warehouse, f"select {columns} from marts.accounts order by 1") == [
        ("crm:A1", "crm", "xiangjiang.com.cn", "湘江贸易", "零售", 4, 1, 0, 1, 15000, 14000),
        ("crm:A2", "crm", "yuelu.cn", "岳麓科技", None, 4, 2, 100.5, 0, 0, 0),
        ("crm:A3", "crm", None, None, None, len(TITLES), 6, 0, 0, 0, 0),
        ("crm:A4", "crm", None, None, None, 0, 0, 0, 0, 0, 0),
        ("crm:A5", "crm", None, None, None, 1, 0, 250, 0, 0, 0),
        ("domain:newcomer.com", "email_domain", "newcomer.com", "newcomer.com", None, 2, 0, 0, 0,
         0, 0),
    ]  # fmt: skip


def test_people_are_in_an_account_by_the_crm_or_by_a_companys_domain(warehouse: Path) -> None:
    li, zhao, qian, chen = (
        customer(warehouse, "crm_contact_id", name) for name in ("li", "zhao", "qian", "chen")
    )
    wang = customer(warehouse, "crm_contact_id", "wang")
    sun = customer(warehouse, "crm_lead_id", "sun")
    zhou, wu = (
        customer(warehouse, "email", f"{name}@xiangjiang.com.cn") for name in ("zhou", "wu")
    )
    first = customer(warehouse, "email", "first@newcomer.com")
    second = customer(warehouse, "email", "second@cn.newcomer.com")
    assert set(
        query(
            warehouse,
            "select account_id, customer_id, connected_by, email_domain, is_primary "
            "from marts.account_contacts where account_id <> 'crm:A3'",
        )
    ) == {
        ("crm:A1", li, "crm", None, True),
        ("crm:A2", li, "crm", None, False),
        ("crm:A1", wang, "crm", None, True),
        ("crm:A2", zhao, "crm", None, True),
        ("crm:A2", qian, "crm", None, True),
        ("crm:A2", sun, "crm", None, True),
        # of the deal it is the account in the end; feng's is deleted, han's is nobody's
        ("crm:A5", chen, "crm", None, True),
        ("crm:A1", zhou, "email_domain", "xiangjiang.com.cn", True),
        ("crm:A1", wu, "email_domain", "xiangjiang.com.cn", True),
        ("domain:newcomer.com", first, "email_domain", "newcomer.com", True),
        ("domain:newcomer.com", second, "email_domain", "newcomer.com", True),
    }


def test_an_account_never_makes_its_people_one(warehouse: Path) -> None:
    people = {
        customer(warehouse, kind, value)
        for kind, value in (
            ("crm_contact_id", "li"),
            ("crm_contact_id", "wang"),
            ("crm_contact_id", "zhao"),
            ("crm_lead_id", "sun"),
            ("crm_account_id", "A1"),
        )
    }
    assert len(people) == 5
    assert query(
        warehouse,
        "select is_identified, identifier_count from marts.customers "
        f"where customer_id = '{customer(warehouse, 'crm_account_id', 'A1')}'",
    ) == [(False, 1)]


def test_titles_in_both_languages_are_roles_and_departments(warehouse: Path) -> None:
    read = query(
        warehouse,
        "select job_title, role, seniority, department from marts.account_contacts "
        "where account_id = 'crm:A3'",
    )
    assert {title: tuple(rest) for title, *rest in read} == TITLES


def test_a_decision_maker_is_one_for_a_reason(warehouse: Path) -> None:
    li = customer(warehouse, "crm_contact_id", "li")
    ((role, behaviour, score, decides, reasons),) = query(
        warehouse,
        "select role_score, behaviour_score, decision_maker_score, is_decision_maker, "
        f"score_reasons from marts.account_contacts where customer_id = '{li}' and is_primary",
    )
    # a visit today and a deal a day ago: 5 + 4 × 0.5 ^ (27 hours ÷ 30 days) of 20 points
    assert (float(role), float(behaviour)) == pytest.approx((0.75, 0.4449), abs=1e-4)
    assert float(score) == pytest.approx(0.7 * 0.75 + 0.3 * 0.4449, abs=1e-4)
    assert (decides, reasons) == (True, "director; in_a_deal 1, met 1")


def test_of_an_address_its_domain_lands_and_nothing_else(warehouse: Path) -> None:
    payloads = [
        json.loads(payload)
        for (payload,) in query(
            warehouse,
            "select payload from raw.fxiaoke_crm union all select payload from raw.email_events "
            "union all select payload from raw.registration_forms",
        )
    ]
    assert "@" not in json.dumps(payloads)
    assert {payload.get("_email_domain") for payload in payloads} == {
        None, "xiangjiang.com.cn", "mail.xiangjiang.com.cn", "yuelu.cn", "qq.com", "vip.qq.com",
        "newcomer.com", "cn.newcomer.com", "self.cn",
    }  # fmt: skip


def test_what_the_tables_promise_holds(warehouse: Path) -> None:
    folders = ("path:models/intermediate/accounts", "path:models/marts/accounts", "path:seeds")
    worlds.assert_promises_hold(warehouse, *folders)
