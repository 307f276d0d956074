"""One run: read the built warehouse, fit every score, land what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb

from ingestion.loading import ready_pipeline
from ingestion.pipeline import connected, land_scores, on_spark
from ingestion.pseudonyms import configured_pseudonymiser
from ingestion.records import digest
from ingestion.scores import Fit, ScoresError
from ingestion.scores.training import fit_scores
from ingestion.scores.value import NAME, fit_value
from ingestion.variables import variables
from ingestion.warehouse import Warehouse


def scores(warehouse: Warehouse) -> list[str]:
    """Learn what customers will do and be worth; lines that tell what came of it.

    Raises:
        ScoresError: nothing is built yet, or Spark built it.
        KeyChangedError: the pseudonymisation key is not the one the warehouse knows.
        LoadFailedError: the warehouse refused the figures.
        WarehouseBusyError: another process has the database open.
    """
    found = _found(warehouse)
    fits = [fit for fit in found.values() if isinstance(fit, Fit)]
    fitted_at = datetime.now(UTC)
    if rows := [row for fit in fits for row in _rows(fit, fitted_at)]:
        with ready_pipeline(warehouse, configured_pseudonymiser()) as (pipeline, _):
            land_scores(pipeline, rows)
    told = [f"{name}: {_told(fit)}" for name, fit in found.items()]
    if not fits:
        return [*told, "nothing was fitted"]
    return [
        *told,
        "next: dbt build --select stg_scores__figures+ brings them to customer_scores, "
        "customer_value and score_evaluations",
    ]


def _found(warehouse: Warehouse) -> dict[str, Fit | str]:
    if on_spark():
        raise ScoresError("scores are learned in DuckDB; this warehouse is built by Spark")
    if not warehouse.database.exists():
        raise ScoresError(f"{warehouse.root} holds no warehouse yet: ./run builds one")
    with connected(warehouse, read_only=True) as database:
        try:
            value = fit_value(database, variables()["value_horizon_days"])
            return {NAME: value, **fit_scores(database)}
        except duckdb.CatalogException as error:
            raise ScoresError("the models are not built yet: ./run builds them") from error


def _rows(fit: Fit, fitted_at: datetime) -> Iterator[dict[str, Any]]:
    fit_id = digest(fit.score_name, fitted_at.isoformat())
    for number, figure in enumerate(fit.figures):
        yield {
            "figure_id": digest(fit_id, str(number)),
            "fit_id": fit_id,
            "score_name": fit.score_name,
            "method": fit.method,
            **figure._asdict(),
            "first_day": fit.first_day,
            "last_day": fit.last_day,
            "fitted_at": fitted_at,
        }


def _told(fit: Fit | str) -> str:
    if isinstance(fit, str):
        return fit
    return fit.verdict if fit.is_published else f"not published, {fit.verdict}"
