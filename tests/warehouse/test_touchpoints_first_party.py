"""Stores, guides, forms, loyalty, marketing automation, partners: file to mart, value by value."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.loading import run as load
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import worlds
from tests.warehouse.worlds import query

LI = "13812345678"
MD5 = hashlib.md5(LI.encode()).hexdigest()

LINES: dict[str, list[Any]] = {
    "pos_receipts": [
        wire.pos_row(1, member="M1", phone="", amount="199.00", at="2026-07-03 19:00:00"),
    ],
    "guide_scans": [
        wire.guide_scans(1, member_id="M1", code_id="QR7", wechat_union_id="u1"),
        wire.guide_scans(
            2, event="trial", occurred_at="2026-07-03 19:30:00", wechat_union_id="u1",
            item_id="SKU1", duration_seconds=600, intent="高", tags=["油皮", "送礼"],
        ),
    ],
    "loyalty": [
        wire.loyalty(
            0, event="register", occurred_at="2026-07-01 00:30:00", points=None, balance=None,
            level="普卡", phone=LI,
        ),
        wire.loyalty(1, points=199, balance=199, order_id="S1/P1/2026-07-03/R1", store_id="S1"),
        wire.loyalty(
            2, event="points_spend", points=50, balance=149, occurred_at="2026-07-03 19:05:00",
            store_id="S1", reason="兑换小样",
        ),
        wire.loyalty(
            3, event="points_reverse", points=50, balance=199, reversed_flow_id="P2",
            reversed_event="points_spend", occurred_at="2026-07-03 19:06:00",
        ),
        wire.loyalty(
            4, event="level_change", points=None, balance=None, level="金卡", previous_level="普卡",
            occurred_at="2026-07-04 10:00:00",
        ),
    ],
    "marketing_automation": [
        wire.marketing_automation(
            1, event="journey_step", coupon_id=None, amount=None, journey_id="J1", step_id="3",
            journey_name="新客培育", channel="sms",
        ),
        wire.marketing_automation(2, coupon_batch_id="B1"),
        wire.marketing_automation(
            3, event="coupon_claim", coupon_id="C2", occurred_at="2026-07-03 11:00:00"
        ),
        wire.marketing_automation(
            4, event="coupon_redeem", coupon_id="C2", occurred_at="2026-07-03 19:00:00",
            order_id="R1", store_id="S1",
        ),
        wire.marketing_automation(
            5, event="experiment_exposure", coupon_id=None, amount=None, experiment_id="X1",
            variant="B", member_id=None, cookie_id="cookie1",
        ),
    ],
    "partner_feeds": [
        wire.partner_feeds(
            1, id_value=MD5, attributes={"industry": "美妆", "city": "北京", "性别": "女"},
            tags=["高净值"],
        ),
        wire.partner_feeds(2, legal_basis=None),
        wire.partner_feeds(3, partner="bank", id_type="联名卡号", id_value="B-77",
                           legal_basis="contract", attributes={"level": "白金"}),
    ],
}  # fmt: skip
DECLARED = """
files:
  - name: douyin_clicks
    path: douyin.csv
    shape: events
    source: douyin
    columns: {occurred_at: 时间, event: 行为}
    identifiers: {"customer_key:douyin": 用户}
  - name: taobao_views
    path: taobao.csv
    shape: events
    source: taobao
    columns: {customer: 买家, occurred_at: 时间, event: 行为}
  - name: cards
    path: cards.csv
    shape: profiles
    source: bank
    columns: {gender: 性别, birth_year: 出生年, tags: 标签}
    identifiers: {联名卡号: 卡号, phone: 手机}
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("first_party")
    worlds.empty_warehouse(root)
    for source, lines in LINES.items():
        wire.deliver(Warehouse(root), source, lines)
    form = [
        wire.registration_forms(
            1, phone="138-1234-5678", entry_channel="tablet", staff_id="guide07", store_id="S1",
            form_name="夏日沙龙", attributes={"city": "长沙", "gender": "女"}, tags=["油皮"],
        ),
        wire.registration_forms(
            2, event="event_check_in", submitted_at="2026-07-03 14:00:00", phone=LI
        ),
    ]  # fmt: skip
    wire.deliver(Warehouse(root), "registration_forms", form, "contract.jsonl")
    pushed = [wire.jinshuju(9, x_field_weixin_openid="o9", field_2="13912345678")]
    wire.deliver(Warehouse(root), "registration_forms", pushed, "webhook.jsonl")
    manifest = wire.declare(root, DECLARED)
    (root / "douyin.csv").write_text(
        "用户,时间,行为\nd1,2026-07-03 10:00:00,商品点击\nd1,2026-07-03 10:01:00,加粉丝团\n"
    )
    (root / "taobao.csv").write_text("买家,时间,行为\nt1,2026-07-03 10:00:00,宝贝浏览\n")
    (root / "cards.csv").write_text("卡号,手机,性别,出生年,标签\nB-77,13712345678,男,1985,车主\n")
    load(Warehouse(root), [manifest], lambda _: None)
    worlds.dbt(root, "run", "--select", *worlds.FILLED)
    return root


def events(warehouse: Path, source: str, columns: str) -> list[tuple[Any, ...]]:
    return query(
        warehouse,
        f"select event_type, {columns} from marts.events where source = '{source}' "
        "order by occurred_at, event_type, event_id",
    )


@pytest.fixture(scope="module")
def li(warehouse: Path) -> str:
    token = wire.PSEUDONYMISER.phone(LI) or ""
    ((customer,),) = query(
        warehouse,
        "select customer_id from marts.customer_identifiers where identifier_type = 'phone' "
        f"and identifier_value = '{token.split('.')[2]}'",
    )
    return customer


def test_a_receipt_and_the_points_redeemed_at_the_till_are_one_members(
    warehouse: Path, li: str
) -> None:
    assert query(
        warehouse,
        "select customer_id, store_id, paid_at::text, net_revenue::double from marts.orders",
    ) == [(li, "S1", "2026-07-03 11:00:00", 199.0)]
    assert query(
        warehouse,
        "select customer_id, item_id, quantity, net_revenue::double from marts.order_items",
    ) == [(li, "A", 1, 199.0)]
    assert (
        "points_spend", li, "S1", "2026-07-03 11:05:00", 50, "兑换小样",
    ) in events(
        warehouse, "loyalty", "customer_id, store_id, occurred_at::text, "
        "cast(properties->>'points' as bigint), properties->>'reason'",
    )  # fmt: skip


def test_a_guides_scan_and_a_trial_are_touchpoints_with_guide_and_store(
    warehouse: Path, li: str
) -> None:
    assert events(
        warehouse, "guide_scans", "channel, customer_id, staff_id, store_id, campaign_id, item_id"
    ) == [
        ("scan", "guide", li, "guide07", "S021", "QR7", None),
        ("trial", "guide", li, "guide07", "S021", None, "SKU1"),
    ]
    assert query(
        warehouse,
        "select count(*) from intermediate.int_touchpoints_identified "
        f"where channel = 'guide' and customer_id = '{li}'",
    ) == [(2,)]
    ((told,),) = query(warehouse, "select properties from marts.events where event_type = 'trial'")
    assert json.loads(told) == {"duration_seconds": 600, "intent": "高", "tags": "油皮|送礼"}


def test_a_registration_on_a_tablet_and_one_of_a_webhook_are_forms(
    warehouse: Path, li: str
) -> None:
    rows = events(
        warehouse,
        "registration_forms",
        "raw_discriminator, channel, content_id, staff_id, occurred_at::text, customer_id",
    )
    assert [row[:-1] for row in rows] == [
        ("form_submit", "tablet", "offline_event", "夏日沙龙", "guide07", "2026-07-03 02:00:00"),
        ("form_submit", "web", "offline_event", "秋季新品体验会", None, "2026-07-03 02:00:00"),
        ("event_check_in", None, "offline_event", "F1", None, "2026-07-03 06:00:00"),
    ]
    assert rows[0][-1] == rows[2][-1] == li != rows[1][-1]


def test_journeys_coupons_and_variants_keep_their_names(warehouse: Path, li: str) -> None:
    rows = events(warehouse, "marketing_automation", "customer_id, channel, properties")
    told = {row[0]: (row[1], row[2], json.loads(row[3])) for row in rows}
    assert told["journey_step"] == (
        li, "sms", {"journey_id": "J1", "journey_name": "新客培育", "step_id": "3"}
    )  # fmt: skip
    assert told["coupon_issue"][2] == {"coupon_id": "C2", "coupon_batch_id": "B1", "amount": 20.0}
    assert told["coupon_claim"][:2] == (li, "membership")
    assert told["experiment_exposure"][2] == {"experiment_id": "X1", "variant": "B"}
    assert told["experiment_exposure"][0] not in (li, "unknown")
    assert query(
        warehouse,
        "select source_order_id, store_id from marts.events where event_type = 'coupon_redeem'",
    ) == [("R1", "S1")]


def test_points_levels_and_reversals_end_in_the_members_profile(warehouse: Path, li: str) -> None:
    rows = events(
        warehouse, "loyalty", "cast(properties->>'points' as bigint), "
        "cast(properties->>'balance' as bigint), properties->>'level', "
        "properties->>'reversed_flow_id'",
    )  # fmt: skip
    assert rows == [
        ("register", None, None, "普卡", None),
        ("points_earn", 199, 199, None, None),
        ("points_spend", 50, 149, None, None),
        ("points_reverse", 50, 199, None, "P2"),
        ("level_change", None, None, "金卡", None),
    ]
    assert query(
        warehouse,
        "select member_level, points, member_since::text from marts.customers "
        f"where customer_id = '{li}'",
    ) == [("金卡", 199, "2026-07-01")]


def test_what_a_partner_tells_stands_with_its_legal_basis_and_its_end(
    warehouse: Path, li: str
) -> None:
    rows = query(
        warehouse,
        "select attribute, attribute_value, legal_basis, valid_until::text "
        f"from marts.customer_attributes where customer_id = '{li}' and source = 'partner_feeds'",
    )
    # the partner's md5 of the phone met ours; what the brand asked itself goes before
    assert rows == [("industry", "美妆", "consent", "2027-06-30 16:00:00")]
    assert query(
        warehouse,
        f"select gender, city, industry from marts.customers where customer_id = '{li}'",
    ) == [("female", "长沙", None)]
    assert query(
        warehouse,
        "select tag, source, legal_basis, until_at::text from marts.customer_tags "
        f"where customer_id = '{li}' and legal_basis is not null",
    ) == [("high_net_worth", "partner_feeds", "consent", "2027-06-30 16:00:00")]
    assert query(warehouse, "select source, reason, excerpt from raw.quarantine") == [
        ("partner_feeds", "the row lacks legal_basis", "")
    ]


def test_every_event_of_these_channels_has_a_type_and_a_stage(warehouse: Path) -> None:
    assert query(
        warehouse,
        "select count(*) from marts.events where source in ('guide_scans', 'loyalty', "
        "'marketing_automation', 'registration_forms') "
        "and (event_type is null or funnel_stage is null or touch_role is null)",
    ) == [(0,)]


def test_platforms_names_are_one_interest_and_an_unknown_one_is_counted(
    warehouse: Path,
) -> None:
    assert query(
        warehouse,
        "select source, raw_event, event_type from marts.events "
        "where source in ('douyin', 'taobao') order by all",
    ) == [
        ("douyin", "加粉丝团", None),
        ("douyin", "商品点击", "view_item"),
        ("taobao", "宝贝浏览", "view_item"),
    ]
    assert query(warehouse, "select source, raw_event, event_count from marts.unmapped_events") == [
        ("douyin", "加粉丝团", 1)
    ]


@pytest.mark.parametrize(
    ("source", "name", "event_type"),
    [("ocean", "in_app_detail_uv", "view_item"), ("ocean", "form", "form_submit"),
     ("tencent", "PRODUCT_VIEW", "view_item"),
     ("tencent", "CONFIRM_EFFECTIVE_LEADS", "lead_qualified"),
     ("baidu", "48", "view_item"), ("baidu", "3", "form_submit"),
     ("xiaohongshu", "402", "view_item"),
     ("xiaohongshu", "122", "subscribe")],
)  # fmt: skip
def test_vendors_own_names_are_in_the_dictionary(
    warehouse: Path, source: str, name: str, event_type: str
) -> None:
    assert query(
        warehouse,
        f"select event_type from seeds.event_name_map where source = '{source}' "
        f"and raw_event = '{name}'",
    ) == [(event_type,)]


def test_a_tag_has_a_name_a_category_and_a_time_whoever_gave_it(warehouse: Path, li: str) -> None:
    rows = query(
        warehouse,
        "select tag, tag_name, category, source, tag_value, since_at::text, until_at is null, "
        f"is_defined from marts.customer_tags where customer_id = '{li}' "
        "and source <> 'partner_feeds' order by tag, source",
    )
    trial = "2026-07-03 11:30:00"
    assert rows == [
        ("intent", "意向", "intent", "guide_scans", "高", trial, True, True),
        ("skin_oily", "油性皮肤", "need", "guide_scans", None, trial, True, True),
        ("skin_oily", "油性皮肤", "need", "registration_forms", None, "2026-07-03 02:00:00", True,
         True),
        ("送礼", "送礼", None, "guide_scans", None, trial, True, False),
    ]  # fmt: skip


def test_a_cards_number_is_an_identifier_by_rule_for_a_file_and_for_a_feed(
    warehouse: Path,
) -> None:
    rows = query(
        warehouse,
        "select identifiers.customer_id, gender, birth_year from marts.customer_identifiers "
        "as identifiers join marts.customers using (customer_id) "
        "where identifier_type = 'customer_key' and namespace = 'bank' "
        "and identifier_value = 'B-77'",
    )
    ((customer, gender, birth_year),) = rows
    assert (gender, birth_year) == ("male", 1985)
    assert query(
        warehouse,
        "select attribute_value, source, legal_basis from marts.customer_attributes "
        f"where customer_id = '{customer}' and attribute = 'level'",
    ) == [("白金", "partner_feeds", "contract")]
    assert query(
        warehouse, f"select tag from marts.customer_tags where customer_id = '{customer}'"
    ) == [("car_owner",)]


def test_every_promise_about_these_marts_holds(warehouse: Path) -> None:
    worlds.assert_promises_hold(warehouse, *worlds.CHANNEL_TESTS)
