"""How much it says that two records agree: learned from the records themselves."""

from __future__ import annotations

import logging
from typing import Any

import duckdb
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from ingestion.matching.comparisons import (
    CERTAIN,
    TRAINING,
    block_of,
    comparisons,
    usable,
    values_in_more,
)
from ingestion.matching.declaration import kinds

# The share of pairs that agree in what is nearly certain; the other pairs differ in it by typos.
CERTAIN_SHARE = 0.7
SEED = 1
SAMPLED_PAIRS = 2e6
TRAINING_PAIRS = 2e6
PROBED_RECORDS = 20_000
RULES_TO_LEARN_BY = 2


def trained(
    database: duckdb.DuckDBPyConnection, roles: list[str], rules: list[tuple[str, ...]]
) -> tuple[Linker, int]:
    """A model of the table ``records``, learned by up to two rules, and by how many it was.

    Each rule teaches what the other holds fixed.
    """
    linker = _linker(database, _settings(database, roles, rules))
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    sampled = min(1.0, PROBED_RECORDS / count(database, "records"))
    learned_by: list[set[str]] = []
    for rule in usable(TRAINING, roles):
        if len(learned_by) == RULES_TO_LEARN_BY or kinds(rule) in learned_by:
            continue
        if not count(database, values_in_more(rule, 1)):
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


def _settings(
    database: duckdb.DuckDBPyConnection, roles: list[str], rules: list[tuple[str, ...]]
) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=comparisons(roles),
        blocking_rules_to_generate_predictions=[block_on(block_of(rule)) for rule in rules],
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
        for block in map(block_of, usable(CERTAIN, roles))
    ]
    certain = count(database, f"({' union '.join(pairs)})") if pairs else 0
    records = count(database, "records")
    possible = records * (records - 1) / 2
    return min(max(certain, 1) / CERTAIN_SHARE / possible, 0.5)


def count(database: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many rows a relation has."""
    ((rows,),) = database.execute(f"select count(*) from {relation}").fetchall()
    return int(rows)
