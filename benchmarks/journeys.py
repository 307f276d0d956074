"""Journeys that several benchmarks share: one in 20 converts, 1 + Poisson-like 3.1 touches each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from benchmarks.warehouse import execute

# 20 channels of unequal size; each touch is drawn by itself, so that every state of three occurs.
JOURNEYS = """
    create table journeys as
    with touches as (
        select
            journey_id,
            unnest(range(1 + cast(floor(-3.63 * ln(1 - random())) as bigint))) as place
        from range({journeys}) as series (journey_id)
    )
    select
        journey_id,
        list('channel_' || cast(floor(20 * pow(random(), 2)) as int) order by place) as path
    from touches
    where place < 50
    group by journey_id
"""
TOLD = """
    create table {table} as
    select
        array_to_string(path, ' > ') as path,
        count(*) filter (journey_id % 20 = 0) as conversions,
        count(*) filter (journey_id % 20 <> 0) as non_conversions,
        coalesce(sum(1.0 + journey_id % 100) filter (journey_id % 20 = 0), 0) as value
    from journeys
    group by {grouped_by}
    order by {grouped_by}
"""
GROUPED_BY = {"paths grouped": "path", "a row a journey": "journey_id, path"}
"""What packages are given: paths that were grouped before, or journeys as they stand."""


def tell_journeys(warehouse: Path) -> None:
    """Make what packages are given, in one order: what a simulation finds hangs on it."""
    for how, grouped_by in GROUPED_BY.items():
        execute(warehouse, TOLD.format(table=f'"{how}"', grouped_by=grouped_by))


def journeys_told(warehouse: Path, how: str) -> Any:
    """The frame that packages take: a row per path or journey, how often it converted or not."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        return database.execute(f'from "{how}"').df()
