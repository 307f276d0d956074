"""How probable it is that two records are one person's: Splink, on a database of its own.

The database is in memory, and what does not fit there spills into a folder that is the caller's to
delete: names and addresses must not outlive the run.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from ingestion.matching.comparisons import (
    BLOCKS,
    CERTAIN,
    TRAINING,
    comparisons,
    key_of,
    sameness,
    usable,
)
from ingestion.matching.declaration import kinds
from ingestion.matching.records import Records

# What more records have in common says nothing, and would cost the square of their number.
LARGEST_BLOCK = 50
# The share of pairs that agree in what is nearly certain; the other pairs differ in it by typos.
CERTAIN_SHARE = 0.7
SEED = 1
SAMPLED_PAIRS = 2e6
TRAINING_PAIRS = 2e6
PROBED_RECORDS = 20_000
RULES_TO_LEARN_BY = 2
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
        untrained = _linker(database, _settings(database, roles, rules))
        linker, rules_learned_by = _trained(database, untrained, roles)
        blocked = linker.inference.compute_blocked_pairs_for_predict()
        compared = _count(database, blocked.physical_name)
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
        f"then {key_of(rule)} end as {_block(rule)}"
        for rule in dict.fromkeys((*rules, *usable(CERTAIN, roles)))
    )
    database.execute(
        f"create table records as select *, {blocks} from (select *{dated} from read_records) "
        "order by record"
    )


def _settings(
    database: duckdb.DuckDBPyConnection, roles: list[str], rules: list[tuple[str, ...]]
) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=comparisons(roles),
        blocking_rules_to_generate_predictions=[block_on(_block(rule)) for rule in rules],
        probability_two_random_records_match=_prior(database, roles),
        retain_matching_columns=True,  # and with them the level of each comparison
    )


def _linker(
    database: duckdb.DuckDBPyConnection, settings: SettingsCreator | dict[str, Any]
) -> Linker:
    records = DuckDBAPI(database).register("records")
    return Linker(records, settings, log_level=logging.CRITICAL)


def _prior(database: duckdb.DuckDBPyConnection, roles: list[str]) -> float:
    """How probable it is that two records taken at random are one person's."""
    pairs = [
        "select one.record, other.record as other_record from records as one "
        f"inner join records as other on one.{block} = other.{block} and one.record < other.record"
        for block in map(_block, usable(CERTAIN, roles))
    ]
    certain = _count(database, f"({' union '.join(pairs)})") if pairs else 0
    records = _count(database, "records")
    possible = records * (records - 1) / 2
    return min(max(certain, 1) / CERTAIN_SHARE / possible, 0.5)


def _trained(
    database: duckdb.DuckDBPyConnection, linker: Linker, roles: list[str]
) -> tuple[Linker, int]:
    """The model with its parameters learned by up to two rules, and by how many it was.

    Each rule teaches what the other holds fixed.
    """
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    sampled = min(1.0, PROBED_RECORDS / _count(database, "records"))
    learned_by: list[set[str]] = []
    for rule in usable(TRAINING, roles):
        if len(learned_by) == RULES_TO_LEARN_BY or kinds(rule) in learned_by:
            continue
        if not _count(database, _values(rule, 1)):
            continue
        before = linker.misc.save_model_to_json()
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule),
                # what is rare is weighed when pairs are scored; here it would cost hours
                estimate_without_term_frequencies=True,
                max_pairs=TRAINING_PAIRS,
                record_sample_proportion=sampled,
            )
        except ValueError:
            # Too few pairs to learn from; it leaves the model without the rule's own roles.
            linker = _linker(database, before)
        else:
            learned_by.append(kinds(rule))
    return linker, len(learned_by)


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
    found = {" + ".join(rule): _count(database, _values(rule, LARGEST_BLOCK)) for rule in rules}
    return {rule: values for rule, values in found.items() if values}


def _values(rule: tuple[str, ...], records: int) -> str:
    """A relation of what more than so many records have in common."""
    key = key_of(rule)
    return (
        f"(select {key} from records where {key} is not null group by {key} "
        f"having count(*) > {records})"
    )


def _block(rule: tuple[str, ...]) -> str:
    return "block_" + "_".join(rule)


def _count(database: duckdb.DuckDBPyConnection, relation: str) -> int:
    ((count,),) = database.execute(f"select count(*) from {relation}").fetchall()
    return int(count)
