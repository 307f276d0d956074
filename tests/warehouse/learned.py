"""A fit of every score, as if it had been learned elsewhere: small worlds teach too little."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ingestion.loading import ready_pipeline
from ingestion.pipeline import land_scores
from ingestion.pseudonyms import configured_pseudonymiser
from ingestion.scores import Figure, verdict
from ingestion.scores.value import NAME
from ingestion.warehouse import Warehouse

SEEDS = Path(__file__).parents[2] / "seeds"
FITTED_AT = datetime(2026, 7, 1, tzinfo=UTC)
# Those published for CDNOW.
PARAMETERS = {
    **{"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
    **{"p": 6.25, "q": 3.74, "v": 15.44},
}


def land(warehouse: Path) -> None:
    """Land a fit of every score of the seed, and of customer value."""
    fits = {NAME: [Figure("parameter", name, value) for name, value in PARAMETERS.items()]}
    fits |= {score: list(_figures(score)) for score in _names("score_definitions")}
    rows = [row for score, figures in fits.items() for row in _rows(score, figures)]
    with ready_pipeline(Warehouse(warehouse), configured_pseudonymiser()) as (pipeline, _):
        land_scores(pipeline, rows)


def _figures(score: str) -> Iterator[Figure]:
    """Every third feature speaks against it; half of the customers were in the upper bin."""
    yield Figure("intercept", "intercept", -0.7 if score == "lead_score" else 0.4)
    features = list(_names("score_features"))
    for number, name in enumerate(features, start=1):
        yield Figure("weight", name, (0.11 if number % 3 else -0.17) * number)
        yield Figure("mean", name, 0.3 + 0.1 * number)
        yield Figure("deviation", name, 0.9 + 0.01 * number)
    for name in (*features, "probability"):
        yield Figure("bin_from", name, None, bin=1)
        yield Figure("bin_from", name, 0.4987, bin=2)
        yield from (Figure("bin_share", name, 0.5, bin=number) for number in (1, 2))
    yield Figure("metric", "auc", 0.71, "model")


def _rows(score: str, figures: list[Figure]) -> Iterator[dict[str, Any]]:
    for number, figure in enumerate([verdict(True, "better than both baselines"), *figures]):
        yield {
            "figure_id": f"{score}:{number}",
            "fit_id": f"fit_of_{score}",
            "score_name": score,
            "method": "by_hand",
            **figure._asdict(),
            "first_day": date(2026, 5, 1),
            "last_day": date(2026, 6, 30),
            "fitted_at": FITTED_AT,
        }


def _names(seed: str) -> Iterator[str]:
    """The first column of a seed."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8") as file:
        yield from (row[0] for row in list(csv.reader(file))[1:])
