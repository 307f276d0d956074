"""A model that fails leaves what stood, whatever kind it was; one that works replaces it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.warehouse import worlds
from tests.warehouse.worlds import query

MODELS = {"table": "int_channel_transitions_counted", "view": "int_channel_removals_solved"}
UPSTREAM = """
    create schema intermediate;
    create table intermediate.int_steps_grouped as
    select
        'lead' as conversion_type, 'channel' as level, 1 as markov_order, 0 as sample_group,
        '(start)' as from_state, 'sms' as to_state, 2.0 as transitions;
    create table intermediate.int_channel_removals as
    select
        1 as chain_id, 'lead' as conversion_type, 'channel' as level, 1 as markov_order,
        'sms' as removed_channel;
    create table intermediate.int_states_visited as
    select 1 as chain_id, 1 as state_id, 0.5 as visits;
"""
LACKING = """
    alter table intermediate.int_steps_grouped rename transitions to lost;
    alter table intermediate.int_states_visited rename visits to lost;
"""
MENDED = """
    alter table intermediate.int_steps_grouped rename lost to transitions;
    alter table intermediate.int_states_visited rename lost to visits;
"""


def change(warehouse: Path, *statements: str) -> None:
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        for statement in statements:
            database.execute(statement)


def kind(warehouse: Path, model: str) -> str:
    ((found,),) = query(
        warehouse,
        "select lower(table_type) from information_schema.tables "
        f"where table_schema = 'intermediate' and table_name = '{model}'",
    )
    return found.removeprefix("base ")


@pytest.mark.parametrize("before", ["table", "view"])
@pytest.mark.parametrize("after", ["table", "view"])
def test_what_fails_leaves_what_stood(tmp_path: Path, before: str, after: str) -> None:
    model = MODELS[after]
    change(
        tmp_path, UPSTREAM, f"create {before} intermediate.{model} as select 7 as stood", LACKING
    )
    with pytest.raises(AssertionError, match=model):
        worlds.dbt(tmp_path, "run", "--select", model)
    assert query(tmp_path, f"from intermediate.{model}") == [(7,)]
    assert kind(tmp_path, model) == before
    change(tmp_path, MENDED)
    for _ in range(2):
        worlds.dbt(tmp_path, "run", "--select", model)
        assert len(query(tmp_path, f"select conversion_type from intermediate.{model}")) == 1
        assert kind(tmp_path, model) == after
