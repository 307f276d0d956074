"""Which currencies the seed exchange_rates can turn into yuan, and since when."""

from __future__ import annotations

import csv
import re
from functools import cache

from ingestion.identifiers import SEEDS
from ingestion.records import BadRecordError

CODE = re.compile(r"[A-Z]{3}")


@cache
def rated_since() -> dict[str, str]:
    """Each currency, and the first day it has a rate of."""
    with (SEEDS / "exchange_rates.csv").open(encoding="utf-8") as file:
        rates = sorted((row["valid_from"], row["currency"]) for row in csv.DictReader(file))
    return {currency: day for day, currency in reversed(rates)}


def currency_code(text: str, day: str) -> str:
    """The code of a currency that has a rate on a day.

    Raises:
        BadRecordError: it is no code, or the seed has no rate of it that early.
    """
    code = text.upper()
    if not CODE.fullmatch(code):
        raise BadRecordError("currency is no code of three letters", "Write it as ISO 4217 does.")
    since = rated_since().get(code)
    if since is None or day < since:
        raise BadRecordError(
            f"currency {code} has no rate on {day}",
            "Add a line to seeds/exchange_rates.csv and deliver the file again.",
        )
    return code
