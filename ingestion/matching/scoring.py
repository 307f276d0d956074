"""How probable it is that two records are one person's: Splink, on a database of its own.

The database is in memory, and what does not fit there spills into a folder that is the caller's to
delete: names and addresses must not outlive the run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from ingestion.matching.comparisons import (
    BLOCKS,
    CERTAIN,
    block_of,
    key_of,
    sameness,
    usable,
    values_in_more,
)
from ingestion.matching.records import Records
from ingestion.matching.training import count, trained

# What more records have in common says nothing, and would cost the square of their number.
LARGEST_BLOCK = 50
# Sums of the same figures differ in the last digits from run to run.
DIGITS = 6


class Pair(NamedTuple):
    """Two identifiers, and why they are probably one person's."""

    one: str
    other: str
    probability: float
    match_weight: float
    evidence: str


@dataclass(frozen=True)
class Scored:
    """What became of the records.

    Attributes:
        pairs: those kept, in the order of their identifiers.
        compared: pairs of records that were looked at.
        passed_over: what too many records have in common, and how many such values there are.
        rules_learned_by: how many there were by which records agree; two are wanted.
    """

    pairs: list[Pair]
    compared: int
    passed_over: dict[str, int]
    rules_learned_by: int


def score(records: Records, keep_from: float, spilled: Path) -> Scored:
    """The pairs of identifiers that are at least so probably one person's.

    What does not fit in memory is in the folder ``spilled``.
    """
    roles = records.roles
    if records.table.num_rows < 2:
        return Scored([], 0, {}, 0)
    with duckdb.connect() as database:
        database.execute("set temp_directory = ?", [str(spilled)])
        database.register("read_records", records.table)
        rules = usable(BLOCKS, roles)
        _prepare(database, roles, rules)
        linker, rules_learned_by = trained(database, roles, rules)
        blocked = linker.inference.compute_blocked_pairs_for_predict()
        compared = count(database, blocked.physical_name)
        # a little less than asked for: what is kept is decided on rounded figures
        least = math.log2(keep_from / (1 - keep_from)) - 0.001
        predicted = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        pairs = _pairs(database, predicted.physical_name, roles, keep_from)
        return Scored(pairs, compared, _passed_over(database, rules), rules_learned_by)


def _prepare(
    database: duckdb.DuckDBPyConnection, roles: list[str], rules: list[tuple[str, ...]]
) -> None:
    """Table ``records``, with a column a rule of what a record has in common with few others."""
    dated = " replace (cast(birth_date as date) as birth_date)" if "birth_date" in roles else ""
    blocks = ", ".join(
        f"case when count(*) over (partition by {key_of(rule)}) <= {LARGEST_BLOCK} "
        f"then {key_of(rule)} end as {block_of(rule)}"
        for rule in dict.fromkeys((*rules, *usable(CERTAIN, roles)))
    )
    database.execute(
        f"create table records as select *, {blocks} from (select *{dated} from read_records) "
        "order by record"
    )


def _pairs(
    database: duckdb.DuckDBPyConnection, predicted: str, roles: list[str], keep_from: float
) -> list[Pair]:
    """The best of each two identifiers' pairs of records; a record beside its own kind is none."""
    evidence = ", ".join(
        f"case when gamma_{role} = {same} then '{role}=' when gamma_{role} > 0 then '{role}~' "
        f"when gamma_{role} = 0 then '{role}≠' end"
        for role, same in sameness(roles).items()
    )
    rows = database.execute(
        f"""
        with scored as (
            select
                least(one.identifier, other.identifier) as one,
                greatest(one.identifier, other.identifier) as other,
                round(predicted.match_probability, {DIGITS}) as probability,
                round(predicted.match_weight, {DIGITS}) as match_weight,
                concat_ws(' ', {evidence}) as evidence
            from {predicted} as predicted
            inner join records as one on predicted.record_l = one.record
            inner join records as other on predicted.record_r = other.record
            where one.identifier <> other.identifier
        )
        select * from scored
        where probability >= ?
        qualify row_number() over (
            partition by one, other order by match_weight desc, evidence
        ) = 1
        order by one, other
        """,
        [keep_from],
    ).fetchall()
    return [Pair(*row) for row in rows]


def _passed_over(
    database: duckdb.DuckDBPyConnection, rules: list[tuple[str, ...]]
) -> dict[str, int]:
    found = {
        " + ".join(rule): count(database, values_in_more(rule, LARGEST_BLOCK)) for rule in rules
    }
    return {rule: values for rule, values in found.items() if values}
