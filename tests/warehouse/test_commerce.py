"""Shops, WeChat and WeCom, from their APIs to the marts: right money, right day, one person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.loading import run as load
from ingestion.pulls.pulling import pull
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.pulls.conftest import SECRETS
from tests.pulls.deployment import Deployment
from tests.simulators import doudian, jd, taobao, wechat, youzan
from tests.simulators.server import Simulator, TestClock
from tests.simulators.shop import beijing
from tests.warehouse import worlds

LATE = beijing("2026-07-09 23:30:00")
LIVE_ROOM = "7300000000000000001"
PHONE = "13912345678"


class Brand:
    """A brand that sells in four shops, with two official accounts, WeCom, a site and a store."""

    def __init__(self, root: Path, clock: TestClock) -> None:
        self.clock = clock
        self.deployment = Deployment(root / "accounts.yml", Warehouse(root), clock)
        self.taobao, self.doudian = taobao.Taobao(clock), doudian.Doudian(clock)
        self.youzan, self.jd = youzan.Youzan(clock), jd.Jd(clock)
        self.flower, self.bloom = (
            wechat.OfficialAccount(clock, app_id) for app_id in ("wxFlower", "wxBloom")
        )
        self.wecom = wechat.WeCom(clock)
        for source, account, simulator in (
            ("taobao_trades", "花间旗舰店", self.taobao),
            ("doudian_orders", doudian.SHOP_ID, self.doudian),
            ("doudian_aftersales", doudian.SHOP_ID, self.doudian),
            ("youzan_trades", youzan.KDT_ID, self.youzan),
            ("jd_orders", "10001", self.jd),
            ("wechat_users", "wxFlower", self.flower),
            ("wechat_users", "wxBloom", self.bloom),
            ("wecom_contacts", wechat.CORP_ID, self.wecom),
        ):
            self.deployment.add(source, account, simulator.url, since="2026-07-09")

    @property
    def simulators(self) -> list[Simulator]:
        shops = [self.taobao, self.doudian, self.youzan, self.jd]
        return [*shops, self.flower, self.bloom, self.wecom]

    def deliver(self, source: str, *lines: Any) -> None:
        wire.deliver(self.deployment.warehouse, source, list(lines))

    def arrive(self, *command: str) -> None:
        """Pull, load and build whatever is new."""
        warehouse = self.deployment.warehouse
        pulled = pull(warehouse, self.deployment.accounts_file, clock=self.clock)
        assert [account.error for account in pulled] == [""] * len(pulled)
        outcome = load(warehouse, [], lambda _: None)
        assert outcome.rows_quarantined == 0
        worlds.dbt(warehouse.root, *command)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.deployment.warehouse.database), read_only=True) as database:
            return database.execute(sql).fetchall()

    def orders(self) -> dict[str, tuple[Any, ...]]:
        rows = self.query(
            "select source || ' ' || source_order_id, order_status, order_date, gross_revenue, "
            "refunded_revenue, net_revenue from marts.orders"
        )
        return {name: tuple(figures) for name, *figures in rows}


def sell(brand: Brand) -> None:
    brand.taobao.sell(1, LATE)
    soap = {
        "oid": "21",
        "num": 1,
        "outer_sku_id": "SOAP",
        "payment": "30.00",
        "refund_status": "NO_REFUND",
    }
    cream = {
        "oid": "22",
        "num": 2,
        "outer_sku_id": "CREAM",
        "payment": "70.00",
        "refund_status": "NO_REFUND",
    }
    brand.taobao.sell(2, LATE, orders={"order": [soap, cream]})
    brand.doudian.sell(1, LATE)
    lines = [
        {
            "order_id": "21",
            "item_num": 1,
            "pay_amount": 10600,
            "post_amount": 600,
            "video_id": "v1",
        },
        {"order_id": "22", "item_num": 1, "pay_amount": 5000, "post_amount": 0, "video_id": "v1"},
    ]
    brand.doudian.sell(2, LATE, sku_order_list=lines)
    brand.doudian.sell(3, LATE, order_status=1, pay_time=0)
    brand.youzan.sell(1, LATE)
    brand.jd.sell(1, LATE)
    brand.jd.sell(2, LATE, paymentConfirmTime="0001-01-01 00:00:00")


def refund(brand: Brand) -> None:
    """The next day a line of each shop's order is paid back, and what was unpaid is cancelled."""
    now = brand.clock.now()
    soap = {
        "oid": "21",
        "num": 1,
        "outer_sku_id": "SOAP",
        "payment": "30.00",
        "refund_status": "SUCCESS",
    }
    cream = {
        "oid": "22",
        "num": 2,
        "outer_sku_id": "CREAM",
        "payment": "70.00",
        "refund_status": "NO_REFUND",
    }
    brand.taobao.sell(2, now, LATE, orders={"order": [soap, cream]})
    brand.doudian.aftersales.append(doudian.aftersale(2, now, 5000))
    brand.doudian.sell(3, now, LATE, order_status=4, pay_time=0)
    brand.youzan.sell(1, now, LATE, refund_state=2)
    brand.youzan.refunds["E1"] = [{"refund_id": "r1", "refund_fee": "99.00", "refund_state": 60}]
    brand.jd.sell(1, now, LATE, orderState="TRADE_CANCELED")
    brand.jd.sell(
        2, now, LATE, orderState="TRADE_CANCELED", paymentConfirmTime="0001-01-01 00:00:00"
    )


def meet(brand: Brand) -> None:
    """One woman: on the mini program, a guide's contact, at the till; and two who share an id."""
    brand.flower.follow("o-same", unionid="u-flower")
    brand.bloom.follow("o-same", unionid="u-bloom")
    brand.wecom.tags = {"意向": {"t1": "高"}}
    brand.wecom.meet("guide07", "woLi", unionid="u-li", remark_mobiles=[PHONE], tag_id=["t1"])
    brand.wecom.meet("guide08", "woWang")
    identities = {"$identity_mp_openid": "o-li", "$identity_mp_unionid": "u-li"}
    event = wire.sensors_event(
        1, event="$MPViewScreen", identities=identities, properties={"$app_id": "wxMini"}
    )
    brand.deliver("sensors", wire.sensors(event))
    brand.deliver("pos_receipts", wire.pos_row(1, member="M1", phone=PHONE))
    corporation = {"ToUserName": wechat.CORP_ID, "ExternalUserID": "woLi"}
    brand.deliver(
        "wecom_callbacks",
        wire.wecom_callbacks(1, **corporation, State="store0021_window"),
        wire.wecom_callbacks(
            2,
            **corporation,
            ChangeType="del_follow_user",
            State="",
            CreateTime=str(wire.MOMENT + 60),
        ),
    )
    asks = wire.chat_message(1, **{"from": "woLi", "tolist": ["guide07"]})
    answers = wire.chat_message(2, **{"from": "guide07", "tolist": ["woLi"]})
    brand.deliver("wecom_chats", wire.wecom_chats(asks, answers, corpid=wechat.CORP_ID))


@contextmanager
def deployed(root: Path) -> Iterator[Brand]:
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for section, secrets in SECRETS.items():
            for name, value in secrets.items():
                patch.setenv(f"PULLS__{section}__{name.upper()}", value)
        brand = Brand(root, TestClock(datetime.fromisoformat("2026-07-10T09:00:00+08:00")))
        for simulator in brand.simulators:
            stack.callback(simulator.stop)
        yield brand


@pytest.fixture(scope="module")
def history(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Brand, dict[str, tuple[Any, ...]]]]:
    """The brand after its refunds, and its orders before them."""
    with deployed(tmp_path_factory.mktemp("brand")) as brand:
        warehouse = brand.deployment.warehouse.root
        models = (*worlds.FILLED, "+load_accounting")
        worlds.empty_warehouse(warehouse)
        sell(brand)
        meet(brand)
        brand.arrive("run", "--select", *models)
        before = brand.orders()
        brand.clock.sleep(86400)
        refund(brand)
        brand.clock.sleep(600)
        brand.arrive("run", "--select", *models)
        worlds.assert_promises_hold(warehouse, "test_type:singular", *worlds.CHANNEL_TESTS)
        yield brand, before


def day(number: int) -> date:
    return date(2026, 7, number)


def test_orders_of_half_past_eleven_belong_to_that_day_and_fen_are_right_beside_yuan(
    history: tuple[Brand, dict[str, tuple[Any, ...]]],
) -> None:
    _, before = history
    shops = {name: figures for name, figures in before.items() if "pos" not in name}
    assert shops == {
        "taobao_trades 1": ("paid", day(9), 80, 0, 80),
        "taobao_trades 2": ("paid", day(9), 100, 0, 100),
        "doudian_orders 1": ("paid", day(9), 199, 0, 199),
        "doudian_orders 2": ("paid", day(9), 150, 0, 150),
        "doudian_orders 3": ("placed", day(9), 199, 0, 0),
        "youzan_trades E1": ("paid", day(9), 199, 0, 199),
        "jd_orders 1": ("paid", day(9), 199, 0, 199),
        "jd_orders 2": ("placed", day(9), 199, 0, 0),
    }


def test_a_refund_of_one_line_lowers_the_revenue_of_its_order(
    history: tuple[Brand, dict[str, tuple[Any, ...]]],
) -> None:
    brand, before = history
    changed = {name: figures for name, figures in brand.orders().items() if figures != before[name]}
    assert changed == {
        "taobao_trades 2": ("paid", day(9), 100, 30, 70),
        "doudian_orders 2": ("paid", day(9), 150, 50, 100),
        "doudian_orders 3": ("cancelled", day(9), 199, 0, 0),
        "youzan_trades E1": ("paid", day(9), 199, 99, 100),
        "jd_orders 1": ("refunded", day(9), 199, 199, 0),
        "jd_orders 2": ("cancelled", day(9), 199, 0, 0),
    }
    ((revenue,),) = brand.query("select sum(net_revenue) from marts.customers")
    assert revenue == Decimal("80") + 70 + 199 + 100 + 100 + Decimal("9.9")


def test_items_of_an_order_are_told_apart_with_what_was_paid_back_of_each(
    history: tuple[Brand, dict[str, tuple[Any, ...]]],
) -> None:
    brand, _ = history
    rows = brand.query(
        "select item_id, quantity, items.gross_revenue, items.refunded_revenue, items.net_revenue "
        "from marts.order_items as items join marts.orders using (order_id) "
        "where source_order_id = '2' and items.source = 'taobao_trades' order by item_id"
    )
    assert rows == [("CREAM", 2, 70, 0, 70), ("SOAP", 1, 30, 30, 0)]


def test_what_was_bought_in_a_live_room_says_so(
    history: tuple[Brand, dict[str, tuple[Any, ...]]],
) -> None:
    brand, _ = history
    rows = brand.query(
        "select source_order_id, content_id, creative_id from marts.orders "
        "where source = 'doudian_orders' order by 1"
    )
    assert rows == [("1", LIVE_ROOM, "99"), ("2", "v1", None), ("3", LIVE_ROOM, "99")]
    ((sold, paid_at),) = brand.query(
        "select count(*), min(occurred_at) from marts.events "
        f"where event_type = 'purchase' and content_id = '{LIVE_ROOM}'"
    )
    assert (sold, paid_at) == (1, datetime(2026, 7, 9, 15, 30))


def test_an_open_id_of_two_accounts_is_two_people(
    history: tuple[Brand, dict[str, tuple[Any, ...]]],
) -> None:
    brand, _ = history
    rows = brand.query(
        "select namespace, customer_id from marts.customer_identifiers "
        "where identifier_type = 'wechat_open_id' and identifier_value = 'o-same' order by 1"
    )
    assert [namespace for namespace, _ in rows] == ["wxBloom", "wxFlower"]
    assert len({customer_id for _, customer_id in rows}) == 2


def test_a_contact_is_the_visitor_of_the_mini_program_and_the_member_at_the_till(
    history: tuple[Brand, dict[str, tuple[Any, ...]]],
) -> None:
    brand, _ = history
    rows = brand.query(
        "select identifier_type, customer_id from marts.customer_identifiers "
        "where identifier_value in ('woLi', 'u-li', 'o-li', 'M1') order by 1"
    )
    kinds = ["member_id", "wechat_open_id", "wechat_union_id", "wecom_external_user_id"]
    assert [kind for kind, _ in rows] == kinds
    ((customer_id,),) = {(customer_id,) for _, customer_id in rows}
    ((phones, others),) = brand.query(
        "select count(*) filter (identifier_type = 'phone'), "
        "count(*) filter (identifier_value in ('woWang', 'guide07', 'guide08')) "
        f"from marts.customer_identifiers where customer_id = '{customer_id}'"
    )
    assert (phones, others) == (1, 0)
    assert brand.query(
        f"select net_revenue from marts.customers where customer_id = '{customer_id}'"
    ) == [(Decimal("9.9"),)]
    assert brand.query(
        f"select tag, tag_value from marts.customer_tags where customer_id = '{customer_id}'"
    ) == [("intent", "高")]
    assert brand.query(
        "select count(*) from marts.customer_identifiers where identifier_value like 'guide%'"
    ) == [(0,)], "employees are no customers"


def test_adding_a_guide_is_a_touch_of_the_store_whose_code_was_scanned(
    history: tuple[Brand, dict[str, tuple[Any, ...]]],
) -> None:
    brand, _ = history
    rows = brand.query(
        "select event_type, channel, staff_id, store_id, campaign_id from marts.events "
        "where source in ('wecom_callbacks', 'wecom_chats') order by event_type"
    )
    assert rows == [
        ("chat_message", "wecom", "guide07", None, None),
        ("message_sent", "wecom", "guide07", None, None),
        ("subscribe", "store", "guide07", "S021", "autumn_skin_test"),
        ("unsubscribe", "wecom", "guide07", None, None),
    ]
    ((people,),) = brand.query(
        "select count(distinct customer_id) from marts.events where source like 'wecom%'"
    )
    assert people == 1
