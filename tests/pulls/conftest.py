"""Pulls against simulators: one clock for both sides, secrets as a deployment has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ingestion.warehouse import Warehouse
from tests.pulls.deployment import Deployment
from tests.simulators import baidu as baidu_simulator
from tests.simulators import doudian as doudian_simulator
from tests.simulators import jd as jd_simulator
from tests.simulators import ocean as ocean_simulator
from tests.simulators import taobao as taobao_simulator
from tests.simulators import tencent as tencent_simulator
from tests.simulators import wechat as wechat_simulator
from tests.simulators import xiaohongshu as xiaohongshu_simulator
from tests.simulators import youzan as youzan_simulator
from tests.simulators.baidu import Baidu
from tests.simulators.ocean import Ocean
from tests.simulators.server import TestClock
from tests.simulators.tencent import Tencent
from tests.simulators.xiaohongshu import Xiaohongshu

SECRETS = {
    "BAIDU": baidu_simulator.SECRETS,
    "DOUDIAN": doudian_simulator.SECRETS,
    "JD": jd_simulator.SECRETS,
    "OCEAN": ocean_simulator.SECRETS,
    "TAOBAO": taobao_simulator.SECRETS,
    "TENCENT": tencent_simulator.SECRETS,
    "WECHAT": wechat_simulator.SECRETS,
    "WECOM": wechat_simulator.CORP_SECRETS,
    "XIAOHONGSHU": xiaohongshu_simulator.SECRETS,
    "YOUZAN": youzan_simulator.SECRETS,
}


@pytest.fixture
def clock() -> TestClock:
    return TestClock(datetime.fromisoformat("2026-07-10T09:00:00+08:00"))


@pytest.fixture
def deployment(
    tmp_path: Path, warehouse: Warehouse, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> Deployment:
    for section, secrets in SECRETS.items():
        for name, value in secrets.items():
            monkeypatch.setenv(f"PULLS__{section}__{name.upper()}", value)
    return Deployment(tmp_path / "accounts.yml", warehouse, clock)


@pytest.fixture
def ocean(clock: TestClock) -> Iterator[Ocean]:
    simulator = Ocean(clock)
    yield simulator
    simulator.stop()


@pytest.fixture
def tencent(clock: TestClock) -> Iterator[Tencent]:
    simulator = Tencent(clock)
    yield simulator
    simulator.stop()


@pytest.fixture
def baidu(clock: TestClock) -> Iterator[Baidu]:
    simulator = Baidu(clock)
    yield simulator
    simulator.stop()


@pytest.fixture
def xiaohongshu(clock: TestClock) -> Iterator[Xiaohongshu]:
    simulator = Xiaohongshu(clock)
    yield simulator
    simulator.stop()
