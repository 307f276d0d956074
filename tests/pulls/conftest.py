"""Pulls against simulators: one clock for both sides, secrets as a deployment has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ingestion.warehouse import Warehouse
from tests.pulls.deployment import Deployment
from tests.simulators.ocean import SECRETS as OCEAN_SECRETS
from tests.simulators.ocean import Ocean
from tests.simulators.server import TestClock


@pytest.fixture
def clock() -> TestClock:
    return TestClock(datetime.fromisoformat("2026-07-10T09:00:00+08:00"))


@pytest.fixture
def deployment(
    tmp_path: Path, warehouse: Warehouse, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> Deployment:
    for section, secrets in {"OCEAN": OCEAN_SECRETS}.items():
        for name, value in secrets.items():
            monkeypatch.setenv(f"PULLS__{section}__{name.upper()}", value)
    return Deployment(tmp_path / "accounts.yml", warehouse, clock)


@pytest.fixture
def ocean(clock: TestClock) -> Iterator[Ocean]:
    simulator = Ocean(clock)
    yield simulator
    simulator.stop()
