"""The four shops that are pulled by time of change, told apart by data."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from ingestion.pulls import doudian, jd, taobao, youzan
from ingestion.records import Record
from tests.ingestion import wire
from tests.pulls.deployment import Deployment
from tests.simulators import doudian as doudian_simulator
from tests.simulators import jd as jd_simulator
from tests.simulators import taobao as taobao_simulator
from tests.simulators import youzan as youzan_simulator
from tests.simulators.shop import Shop


class Kind(NamedTuple):
    """A shop system: how it is simulated, pulled, and where its orders stand in an answer."""

    source: str
    account: str
    simulator: type[Shop]
    module: ModuleType
    secrets: dict[str, str]
    orders: Callable[[dict[str, Any]], list[dict[str, Any]]]
    order_id: Callable[[dict[str, Any]], str]


KINDS = {
    "taobao": Kind(
        "taobao_trades",
        "花间旗舰店",
        taobao_simulator.Taobao,
        taobao,
        taobao_simulator.SECRETS,
        lambda answer: answer["trades_sold_increment_get_response"].get("trades", {"trade": []})[
            "trade"
        ],
        lambda trade: trade["tid"],
    ),
    "doudian": Kind(
        "doudian_orders",
        doudian_simulator.SHOP_ID,
        doudian_simulator.Doudian,
        doudian,
        doudian_simulator.SECRETS,
        lambda answer: answer["data"]["shop_order_list"] or [],
        lambda order: order["order_id"],
    ),
    "youzan": Kind(
        "youzan_trades",
        youzan_simulator.KDT_ID,
        youzan_simulator.Youzan,
        youzan,
        youzan_simulator.SECRETS,
        lambda answer: answer["data"]["full_order_info_list"],
        lambda trade: trade["full_order_info"]["order_info"]["tid"],
    ),
    "jd": Kind(
        "jd_orders",
        "10001",
        jd_simulator.Jd,
        jd,
        jd_simulator.SECRETS,
        lambda answer: answer["jingdong_pop_order_search_responce"]["searchorderinfo_result"][
            "orderInfoList"
        ],
        lambda order: order["orderId"],
    ),
}


def landing(deployment: Deployment, source: str) -> list[dict[str, Any]]:
    """What the source's reader makes of the recordings, each record once."""
    found = [
        record
        for path in deployment.recordings()
        for record in wire.read(source, path.read_bytes(), path.name)
    ]
    assert all(isinstance(record, Record) for record in found), found
    once = {record.key: record.payload for record in found}  # type: ignore[union-attr]
    return [json.loads(payload) for payload in once.values()]
