"""Incremental equals full refresh, for any order and batching of arrivals."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.warehouse import worlds

SCHEDULES_PER_WORLD = int(os.environ.get("OMNITOUCH_TEST_SCHEDULES", "1"))
WORLDS = 5 if SCHEDULES_PER_WORLD > 1 else 3


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("template")
    worlds.empty_warehouse(directory)
    return directory


@pytest.fixture(scope="module", params=range(WORLDS))
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, template: Path
) -> tuple[int, Path, dict]:
    """A world, and its marts built in one go."""
    seed = request.param
    directory = tmp_path_factory.mktemp(f"world_{seed}")
    worlds.write_world(directory, people=120, days=40, seed=seed, every_source=True)
    whole = tmp_path_factory.mktemp(f"whole_{seed}")
    worlds.start_over(whole, template)
    worlds.deliver(directory, whole, worlds.deal(directory, 1, seed)[0], 1)
    worlds.dbt(whole, "run", "--exclude", "staging")
    expected = worlds.marts(whole)
    assert len(expected["orders"]) > 20
    assert len(expected["touchpoint_credits"]) > 100
    assert len(expected["referrals"]) == worlds.LINES_PER_SOURCE
    assert len(expected["customer_matches"]) > 3
    assert len(expected["account_contacts"]) > worlds.LINES_PER_SOURCE
    assert expected["segment_members"]["segment"].nunique() > 3
    assert set(expected["accounts"]["account_source"]) == {"crm", "email_domain"}
    assert {"sms", "wechat", "wecom"} <= set(expected["customer_consents"]["consent"])
    assert expected["recent_activities"]["activity_number"].max() == 20
    return seed, directory, expected


@pytest.mark.slow
@pytest.mark.parametrize("schedule", range(SCHEDULES_PER_WORLD))
def test_any_schedule_of_deliveries_ends_in_the_marts_of_a_full_refresh(
    world: tuple[int, Path, dict], template: Path, tmp_path: Path, schedule: int
) -> None:
    seed, directory, expected = world
    chance = random.Random(seed * 1000 + schedule)
    worlds.start_over(tmp_path, template)
    built_before: dict[str, str] = {}
    deliveries = chance.choice((2, 2, 2, 2, 2, 2, 2, 3, 3, 4))
    for number, delivery in enumerate(
        worlds.deal(directory, deliveries, seed=seed * 1000 + schedule), 1
    ):
        worlds.deliver(directory, tmp_path, delivery, number)
        worlds.dbt(tmp_path, "run", *worlds.models_of(number, deliveries))
        built = worlds.generations(tmp_path)
        # every run after the first one added to what was there
        assert number == 1 or built == built_before
        built_before = built
    worlds.assert_same(worlds.marts(tmp_path), expected)
