"""Under which pseudonyms records hold the values of the seed identifier_blocklist.

A phone that a till fills in by itself stands in the seed as it is, or as its pseudonym where it is
somebody's own; in records as its pseudonym. The key that leads from one to the other is here and
not in the warehouse.
"""

from __future__ import annotations

import csv

from ingestion.identifiers import HASHES, SECRET, SEEDS, identifier
from ingestion.manifest import ManifestError
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import digest

PERSONAL = (*SECRET, *HASHES)


def blocked_identifiers(pseudonymiser: Pseudonymiser) -> list[dict[str, str]]:
    """One row (block_id, listed_type, listed_value, identifier_type, token) per pseudonym.

    A phone has three, as its hashes are blocked with it; a value of all types (``*``) has one of
    every personal type.

    Raises:
        ManifestError: the seed lists a value that its type cannot have.
    """
    rows = []
    with (SEEDS / "identifier_blocklist.csv").open(encoding="utf-8") as file:
        for number, listed in enumerate(csv.DictReader(file), 2):
            listed_type, value = listed["identifier_type"], listed["identifier_value"]
            named = [
                text
                for kind in (PERSONAL if listed_type == "*" else (listed_type,))
                if kind in PERSONAL
                for text in identifier(kind, "", value, pseudonymiser)
            ]
            if listed_type in PERSONAL and not named:
                raise ManifestError(
                    f"seeds/identifier_blocklist.csv, line {number}: the value is no {listed_type}"
                )
            for text in named:
                identifier_type, _, token = text.split(":", 2)
                row = {
                    "listed_type": listed_type,
                    "listed_value": value,
                    "identifier_type": identifier_type,
                    "token": token,
                }
                rows.append({"block_id": digest(*row.values()), **row})
    return rows
