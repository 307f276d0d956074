"""Shops by time of change: nothing is lost while orders change under the reader's hands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingestion.pulls import api
from tests.pulls.deployment import Deployment
from tests.pulls.shops import KINDS, Kind, landing
from tests.simulators import doudian as doudian_simulator
from tests.simulators.doudian import Doudian
from tests.simulators.server import DROPPED, SILENT, Answered, TestClock
from tests.simulators.shop import Shop, beijing
from tests.simulators.youzan import Youzan

MORNING = beijing("2026-07-10 08:00:00")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def shop(
    kind: Kind, clock: TestClock, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """A shop with five orders of this morning, two on a page; nothing pulled yet."""
    monkeypatch.setattr(kind.module, "PAGE_SIZE", 2)
    simulator = kind.simulator(clock)
    for number in range(1, 6):
        simulator.sell(number, MORNING + timedelta(minutes=number))
    deployment.add(kind.source, kind.account, simulator.url, since="2026-07-10")
    yield simulator
    simulator.stop()


def pulled_orders(deployment: Deployment, kind: Kind) -> list[str]:
    return sorted(
        kind.order_id(order)
        for line in deployment.lines()
        if "tid" not in line["request"]
        for order in kind.orders(line["response"])
    )


def test_what_changed_is_pulled_once_and_who_bought_is_not_written(
    shop: Shop, kind: Kind, deployment: Deployment
) -> None:
    assert deployment.pull().error == ""
    assert len(set(pulled_orders(deployment, kind))) == 5
    assert len(landing(deployment, kind.source)) == 5
    again = deployment.pull()
    assert (again.error, again.rows) == ("", 0), "ten minutes are read again, and say nothing new"
    secret = kind.secrets.get("app_secret") or kind.secrets["client_secret"]
    written = deployment.everything_written()
    for word in ("李丽", "丽丽", "13912345678", "lili", secret, "access-1"):
        assert word not in written


def read_forwards(shop: Shop, size: int, meanwhile: dict[int, Any]) -> set[int]:
    """Who reads page after page, with something happening before some of them."""
    start, end = MORNING, MORNING + timedelta(minutes=30)
    seen: set[int] = set()
    for number in range(3):
        meanwhile.get(number, lambda: None)()
        rows = shop.page(shop.changed_within(start, end), number, size)
        seen |= {id(row) for row in rows}
    return seen


def test_an_order_that_changes_between_two_pages_takes_none_with_it(
    shop: Shop, kind: Kind, deployment: Deployment, clock: TestClock
) -> None:
    moved = 5 if shop.newest_first else 1

    def changes() -> None:
        shop.sell(moved, clock.now() + timedelta(seconds=1))

    rows = shop.changed_within(MORNING, MORNING + timedelta(minutes=30))
    forwards = read_forwards(shop, 2, {1: changes})
    lost = [row for row in rows if id(row) not in forwards]
    assert len(lost) == 1, "read forwards, an order that did not change is lost"
    shop.sell(moved, MORNING + timedelta(minutes=moved))

    def while_paging(number: int) -> None:
        # after the count and the last page, before the one in the middle
        if len(pages_asked(shop)) == windows_before_morning(kind) + 3:
            changes()

    shop.before_answer = while_paging
    assert deployment.pull().error == ""
    shop.before_answer = lambda number: None
    clock.sleep(900)
    assert deployment.pull().error == ""
    orders = pulled_orders(deployment, kind)
    assert set(orders) == {kind.order_id(row) for row in rows}
    assert len(landing(deployment, kind.source)) >= 5


def pages_asked(shop: Shop) -> list[Any]:
    return [asked for asked in shop.asked if "token" not in asked.path]


def test_orders_that_come_into_a_list_while_it_is_read_make_it_read_again(
    shop: Shop, kind: Kind, deployment: Deployment
) -> None:
    """What comes in pushes others to pages that were read already."""

    def comes_late(number: int) -> None:
        if len(pages_asked(shop)) == first_of_morning + 2:
            late = 6 if shop.newest_first else 0
            shop.sell(late, MORNING + timedelta(minutes=late, seconds=1))

    first_of_morning = windows_before_morning(kind)
    shop.before_answer = comes_late
    pulled = deployment.pull()
    assert pulled.error == ""
    assert len(set(pulled_orders(deployment, kind))) == 6


def windows_before_morning(kind: Kind) -> int:
    """Calls before the window of the orders: empty windows since midnight."""
    longest = kind.module.__dict__[
        {"taobao": "TRADES", "youzan": "TRADES"}.get(kind.source.partition("_")[0], "ORDERS")
    ].schedule.longest
    return int((MORNING - beijing("2026-07-10 00:00:00")) / longest)


def test_a_page_that_comes_back_empty_is_read_again(
    shop: Shop, kind: Kind, deployment: Deployment
) -> None:
    # tokens are asked for before any page
    tokens = 0 if "access_token" in kind.secrets else 1
    shop.holes = {tokens + windows_before_morning(kind) + 3}
    assert deployment.pull().error == ""
    assert len(set(pulled_orders(deployment, kind))) == 5


@pytest.mark.parametrize(
    "fault",
    [Answered(429, {}, {"Retry-After": "30"}), Answered(502, {}), DROPPED, SILENT],
    ids=["429", "502", "dropped", "silent"],
)
def test_passing_trouble_costs_time_only(
    fault: Answered | str,
    shop: Shop,
    kind: Kind,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if fault is SILENT:
        monkeypatch.setattr(api, "TIMEOUT", timedelta(seconds=0.2))

    def trouble(number: int) -> None:
        if len(pages_asked(shop)) == windows_before_morning(kind) + 2:
            shop.faults.append(fault)
            shop.before_answer = lambda number: None

    shop.before_answer = trouble
    assert deployment.pull().error == ""
    assert len(set(pulled_orders(deployment, kind))) == 5


def test_too_many_calls_are_told_in_a_good_answer_and_waited_out(
    shop: Shop, kind: Kind, deployment: Deployment
) -> None:
    shop.faults.extend([shop.too_many(), shop.too_many()])
    assert deployment.pull().error == ""


def test_the_cursor_stays_before_what_could_not_be_read(
    shop: Shop, kind: Kind, deployment: Deployment
) -> None:
    def down(number: int) -> None:
        if len(pages_asked(shop)) > windows_before_morning(kind) + 1:
            shop.faults.append(Answered(503, {}))

    shop.before_answer = down
    assert "HTTP 503" in deployment.pull().error
    assert pulled_orders(deployment, kind) == []
    if list((deployment.warehouse.pulls / "state").rglob("*.json")):
        assert datetime.fromisoformat(deployment.state()["cursor"]) <= MORNING
    shop.before_answer = lambda number: None
    shop.faults.clear()
    assert deployment.pull().error == ""
    assert len(set(pulled_orders(deployment, kind))) == 5


def test_a_wrong_signature_is_refused_for_good(
    shop: Shop, kind: Kind, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = kind.source.partition("_")[0].upper()
    name = "CLIENT_SECRET" if kind.source.startswith("youzan") else "APP_SECRET"
    monkeypatch.setenv(f"PULLS__{section}__{name}", "another")
    error = deployment.pull().error
    assert error
    assert "another" not in error
    assert len(shop.asked) == 1, "no repetition helps"


def test_a_token_made_by_hand_that_ended_says_what_to_do(
    deployment: Deployment, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("taobao", "jd"):
        kind = KINDS[name]
        monkeypatch.setenv(f"PULLS__{name.upper()}__ACCESS_TOKEN", "ended")
        simulator = kind.simulator(clock)
        deployment.accounts.clear()
        deployment.add(kind.source, kind.account, simulator.url, since="2026-07-10")
        assert "make a new one and set the secret access_token" in deployment.pull().error
        simulator.stop()


@pytest.fixture
def doudian(clock: TestClock) -> Iterator[Doudian]:
    simulator = Doudian(clock)
    yield simulator
    simulator.stop()


def test_a_token_that_ends_between_two_pulls_is_renewed(
    doudian: Doudian, deployment: Deployment, clock: TestClock
) -> None:
    deployment.add("doudian_orders", doudian_simulator.SHOP_ID, doudian.url, since="2026-07-10")
    assert deployment.pull().error == ""
    clock.sleep(8 * 86400)
    assert (deployment.pull().error, doudian.grants) == ("", 2)


def test_two_shops_of_one_application_keep_their_tokens_apart(
    doudian: Doudian, deployment: Deployment
) -> None:
    """The token of one shop would read its orders in the name of the other."""
    deployment.add("doudian_orders", doudian_simulator.SHOP_ID, doudian.url, since="2026-07-10")
    assert deployment.pull().error == ""
    deployment.accounts.clear()
    deployment.add("doudian_orders", "another shop", doudian.url, since="2026-07-10")
    assert "no access token was granted" in deployment.pull().error


def test_after_sales_are_pulled_by_their_own_change(
    doudian: Doudian, deployment: Deployment, clock: TestClock
) -> None:
    doudian.aftersales = [
        doudian_simulator.aftersale(number, MORNING + timedelta(minutes=number), 100 * number)
        for number in range(1, 4)
    ]
    deployment.add("doudian_aftersales", doudian_simulator.SHOP_ID, doudian.url, since="2026-07-10")
    assert (deployment.pull().error, deployment.pull().rows) == ("", 0)
    assert len(landing(deployment, "doudian_aftersales")) == 3


def test_a_youzan_trade_paid_back_in_part_is_asked_for_alone(
    deployment: Deployment, clock: TestClock
) -> None:
    kind = KINDS["youzan"]
    simulator = Youzan(clock)
    simulator.sell(1, MORNING)
    simulator.sell(2, MORNING, refund_state=2)
    simulator.refunds["E2"] = [{"refund_id": "r1", "refund_fee": "99.00", "refund_state": 60}]
    deployment.add(kind.source, kind.account, simulator.url, since="2026-07-10")
    assert deployment.pull().error == ""
    simulator.stop()
    alone = [line for line in deployment.lines() if line["request"].get("tid")]
    assert [line["request"]["tid"] for line in alone] == ["E2"]
    orders = landing(deployment, kind.source)
    assert [
        order["refund_order"][0]["refund_fee"] for order in orders if "refund_order" in order
    ] == ["99.00"]


def test_youzan_is_asked_half_a_minute_late(deployment: Deployment, clock: TestClock) -> None:
    """A change of this very moment shows later: the cursor must not be past it by then."""
    kind = KINDS["youzan"]
    simulator = Youzan(clock)
    simulator.sell(1, clock.now())
    deployment.add(kind.source, kind.account, simulator.url, since="2026-07-10")
    assert (deployment.pull().error, pulled_orders(deployment, kind)) == ("", [])
    assert datetime.fromisoformat(deployment.state()["cursor"]) <= clock.now() - timedelta(
        seconds=29
    )
    clock.sleep(60)
    assert (deployment.pull().error, pulled_orders(deployment, kind)) == ("", ["E1"])
    simulator.stop()
