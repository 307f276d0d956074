"""Identifiers as every record carries them: ``type:namespace:value``, the personal ones as tokens.

What a declared file or a partner calls an identifier is said by the seed identifier_rules.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from ingestion.pseudonyms import Pseudonymiser

SEEDS = Path(__file__).parents[1] / "seeds"
SECRET = ("phone", "email", "id_number", "imei")
HASHES = ("phone_md5", "phone_sha256", "imei_md5", "mac_md5")


@cache
def identifier_types() -> list[str]:
    """Every type that the seed identifier_types knows."""
    with (SEEDS / "identifier_types.csv").open(encoding="utf-8") as file:
        return [row["identifier_type"] for row in csv.DictReader(file)]


@cache
def _rules() -> dict[tuple[str, str], tuple[str, str]]:
    with (SEEDS / "identifier_rules.csv").open(encoding="utf-8") as file:
        return {
            (row["source"], row["raw_type"]): (row["identifier_type"], row["namespace"])
            for row in csv.DictReader(file)
        }


def rule_of(source: str, raw_type: str) -> tuple[str, str] | None:
    """Type and namespace of what a source calls an identifier; None where no rule says so.

    A type that the seed identifier_types knows needs no rule.
    """
    kind, _, namespace = raw_type.partition(":")
    known = (kind, namespace) if kind in identifier_types() else None
    return _rules().get((source, raw_type), known)


def identifier(kind: str, namespace: str, text: str, pseudonymiser: Pseudonymiser) -> list[str]:
    """The identifiers of one value: three of a phone, none of a masked one; blanks become %20."""
    text = text.strip()
    if not text:
        return []
    if kind == "phone":
        # A masked phone tells nothing apart; it is no identifier.
        token = pseudonymiser.phone(text)
        return phone_identifiers(token) if token else []
    if kind in SECRET:
        text = pseudonymiser.secret(kind, text).rpartition(".")[2]
    elif kind in HASHES:
        text = pseudonymiser.vendor_hash(kind, text).rpartition(".")[2]
    else:
        text = pseudonymiser.scrub(text)
    return [f"{kind}:{namespace}:{text}".replace(" ", "%20")]


def phone_identifiers(token: str) -> list[str]:
    """The three identifiers of a phone's token: our own, and two that vendors' hashes meet."""
    _, _, own, md5, sha256 = token.split(".")
    return [f"phone::{own}", f"phone_md5::{md5}", f"phone_sha256::{sha256}"]
