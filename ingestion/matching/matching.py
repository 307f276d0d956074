"""One run of a declaration: read its records, score them, and let the pairs be its only ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingestion.loading import ready_pipeline
from ingestion.matching.declaration import Declaration, read_declaration
from ingestion.matching.records import Records, read_records
from ingestion.matching.scoring import LARGEST_BLOCK, Scored, score
from ingestion.matching.training import RULES_TO_LEARN_BY
from ingestion.pipeline import replace_matches
from ingestion.pseudonyms import configured_pseudonymiser
from ingestion.records import digest
from ingestion.warehouse import Warehouse

BINS = (0.99, 0.95, 0.9, 0.7, 0.5, 0.0)
SHOWN = 10


def match(warehouse: Warehouse, page: Path) -> list[str]:
    """Match the declared records; lines that tell what came of it.

    Raises:
        ManifestError: the declaration cannot be followed.
        KeyChangedError: the pseudonymisation key is not the one the warehouse knows.
        LoadFailedError: the warehouse refused the pairs.
        WarehouseBusyError: a loader or another matching is at work.
    """
    declaration = read_declaration(page)
    pseudonymiser = configured_pseudonymiser()
    with warehouse.matching() as spilled:
        records = read_records(declaration, pseudonymiser)
        scored = score(records, declaration.keep_from, spilled)
    matched_at = datetime.now(UTC)
    rows = [
        {
            "match_id": digest(declaration.name, pair.one, pair.other),
            "declaration": declaration.name,
            "one_identifier": pair.one,
            "other_identifier": pair.other,
            "probability": pair.probability,
            "match_weight": pair.match_weight,
            "evidence": pair.evidence,
            "matched_at": matched_at,
        }
        for pair in scored.pairs
    ]
    with ready_pipeline(warehouse, pseudonymiser) as (pipeline, _):
        replace_matches(pipeline, declaration.name, rows)
    return [pseudonymiser.scrub(line) for line in _told(declaration, records, scored)]


def _told(declaration: Declaration, records: Records, scored: Scored) -> Iterator[str]:
    distinct, left_out = records.table.num_rows, records.left_out
    yield (
        f"{declaration.name}: {records.read:,} records read = {distinct:,} distinct "
        f"+ {records.repeated:,} repeated + {len(left_out):,} left out"
    )
    yield from (f"  left out: {line}" for line in left_out[:SHOWN])
    if len(left_out) > SHOWN:
        yield f"  … and {len(left_out) - SHOWN:,} more"
    if scored.passed_over:
        rules = ", ".join(f"{rule} ({values:,})" for rule, values in scored.passed_over.items())
        yield f"  values that more than {LARGEST_BLOCK} records have led to no pair: {rules}"
    if scored.rules_learned_by < RULES_TO_LEARN_BY:
        yield "  too few records agree to learn from: usual weights stand where nothing was learned"
    yield (
        f"{scored.compared:,} pairs of records compared, {len(scored.pairs):,} pairs of "
        f"identifiers kept (probability from {declaration.keep_from:g})"
    )
    yield from _by_probability(scored)
    if scored.pairs:
        yield (
            "next: look at the least probable ones, in raw.record_matches where declaration = "
            f"'{declaration.name}' order by probability; raise keep_from if they are wrong"
        )


def _by_probability(scored: Scored) -> Iterator[str]:
    above = float("inf")
    for least in BINS:
        count = sum(least <= pair.probability < above for pair in scored.pairs)
        if count:
            name = f"{least:g} and more" if above > 1 else f"{least:g} to {above:g}"
            yield f"  {name:<14} {count:>9,}"
        above = least
