"""Orders of shops and marketplaces: what lands of them, and what stays outside."""

from __future__ import annotations

import json
from typing import Any

from ingestion.records import Record
from tests.ingestion import wire


def records(source: str, *lines: Any) -> list[Record]:
    found = wire.read(source, wire.text_of(source, list(lines)))
    assert all(isinstance(record, Record) for record in found), found
    return found  # type: ignore[return-value]


def payload(record: Record) -> dict[str, Any]:
    return json.loads(record.payload)


def test_every_change_is_a_version_and_the_same_answer_again_is_none() -> None:
    later_texts = {"modified": "2026-07-03 11:00:00", "update_time": "2026-07-03 11:00:00"}
    for source, page, order, changed in (
        ("doudian_orders", wire.doudian_orders, wire.doudian_order, {"update_time": 1783051600}),
        ("jd_orders", wire.jd_orders, wire.jd_order, later_texts),
        ("youzan_trades", wire.youzan_trades, wire.youzan_trade, later_texts),
    ):
        first, again, later = records(source, page(order(1), order(1), order(1, **changed)))
        assert first.key == again.key != later.key
        assert first.key[0] == later.key[0]


def test_an_empty_page_holds_nothing() -> None:
    empty = {"code": 10000, "data": {"page": 0, "size": 100, "total": 0, "shop_order_list": None}}
    assert records("doudian_orders", wire.pull({}, empty)) == []
    assert records("doudian_aftersales", wire.pull({}, {"code": 10000, "data": {"total": 0}})) == []
    assert records("youzan_trades", wire.youzan_trades()) == []
    nothing = {"searchorderinfo_result": {"apiResult": {"success": True}, "orderTotal": 0}}
    page = {"jingdong_pop_order_search_responce": nothing}
    assert records("jd_orders", wire.pull({}, page)) == []


def test_who_lives_where_does_not_land() -> None:
    buyer = {"post_tel": "13912345678", "post_receiver": "李丽", "buyer_words": "放门口"}
    buyer |= {"mask_post_tel": "139****5678", "post_addr": {"detail": "岳麓区 1 号"}}
    (doudian,) = records(
        "doudian_orders",
        wire.doudian_orders(
            wire.doudian_order(1, **buyer, sku_order_list=[{"order_id": "11", **buyer}])
        ),
    )
    about = {"fullname": "李丽", "mobile": "13912345678", "fullAddress": "岳麓区 1 号"}
    (jd,) = records(
        "jd_orders", wire.jd_orders(wire.jd_order(1, consigneeInfo=about, orderRemark="放门口"))
    )
    trade = wire.youzan_trade(1)
    trade["full_order_info"] |= {
        "address_info": {"receiver_name": "李丽", "receiver_tel": "13912345678"},
        "remark_info": {"buyer_message": "放门口"},
        "buyer_info": {"buyer_phone": "13912345678", "fans_nickname": "李丽", "yz_open_id": "y1"},
    }
    (youzan,) = records("youzan_trades", wire.youzan_trades(trade))
    for record in (doudian, jd, youzan):
        assert not any(word in record.payload for word in ("李丽", "139", "岳麓区", "放门口"))
    buyer_info = payload(youzan)["buyer_info"]
    assert buyer_info == {
        "buyer_phone": wire.PSEUDONYMISER.phone("13912345678"),
        "yz_open_id": "y1",
    }


def test_a_jd_buyer_is_known_within_the_application_that_asked() -> None:
    (order,) = records("jd_orders", wire.jd_orders(wire.jd_order(1)))
    assert payload(order)["_app_key"] == "K1"


def test_a_youzan_trade_asked_for_alone_tells_its_refunds() -> None:
    """The list says that a part was paid back, the trade by itself says how much."""
    listed = wire.youzan_trade(1, refund_state=2)
    refunds = [{"refund_id": "r1", "refund_fee": "4.00", "refund_state": 60}]
    alone = wire.pull({"tid": "E1"}, {"code": 200, "data": {**listed, "refund_order": refunds}})
    first, second = records("youzan_trades", wire.youzan_trades(listed), alone)
    assert first.key[:2] == second.key[:2]
    assert first.key != second.key
    assert payload(second)["refund_order"] == refunds
