"""Incremental equals full refresh, for any order and batching of arrivals."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.warehouse import learned, worlds

SCHEDULES_PER_WORLD = int(os.environ.get("OMNITOUCH_TEST_SCHEDULES", "1"))
WORLDS = 5 if SCHEDULES_PER_WORLD > 1 else 2


@pytest.fixture(scope="module", params=range(WORLDS))
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, Path, dict]:
    """A world, and its marts built in one go."""
    directory = tmp_path_factory.mktemp("world")
    return request.param, directory, worlds.built_whole(directory, request.param, levels=True)


@pytest.mark.slow
@pytest.mark.parametrize("schedule", range(SCHEDULES_PER_WORLD))
def test_any_schedule_of_deliveries_ends_in_the_marts_of_a_full_refresh(
    world: tuple[int, Path, dict], tmp_path: Path, schedule: int
) -> None:
    seed, directory, expected = world
    chance = random.Random(seed * 1000 + schedule)
    worlds.empty_warehouse(tmp_path)
    worlds.ask_for_levels(tmp_path)
    built_before: dict[str, str] = {}
    deliveries = chance.choice((2, 2, 2, 2, 2, 2, 2, 3, 3, 4))
    for number, delivery in enumerate(
        worlds.deal(directory, deliveries, seed=seed * 1000 + schedule), 1
    ):
        worlds.deliver(directory, tmp_path, delivery, number)
        if number == deliveries:
            learned.land(tmp_path)
        worlds.dbt(tmp_path, "run", *worlds.models_of(number, deliveries))
        built = worlds.generations(tmp_path)
        # every run after the first one added to what was there
        assert number == 1 or built == built_before
        built_before = built
    worlds.assert_same(worlds.marts(tmp_path), expected)
