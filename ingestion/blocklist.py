"""Under which pseudonyms records hold the values of the seed identifier_blocklist.

A phone that a till fills in by itself stands in the seed as it is, in records as its pseudonym; the
key that leads from one to the other is here and not in the warehouse.
"""

from __future__ import annotations

import csv

from ingestion.identifiers import HASHES, SECRET, SEEDS, identifier
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import digest


def blocked_identifiers(pseudonymiser: Pseudonymiser) -> list[dict[str, str]]:
    """One row (block_id, identifier_type, identifier_value, token) per listed personal value."""
    with (SEEDS / "identifier_blocklist.csv").open(encoding="utf-8") as file:
        listed = [(row["identifier_type"], row["identifier_value"]) for row in csv.DictReader(file)]
    rows = []
    for kind, value in listed:
        if kind in (*SECRET, *HASHES):
            for named in identifier(kind, "", value, pseudonymiser):
                # a phone is blocked by its hashes, too
                token_type, _, token = named.split(":", 2)
                block_id = digest(kind, value, token_type, token)
                rows.append(
                    {
                        "block_id": block_id,
                        "identifier_type": token_type,
                        "identifier_value": value,
                        "token": token,
                    }
                )
    return rows
