"""One run: count in the built warehouse, fit each conversion type, land what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from ingestion.effects import EffectsError
from ingestion.effects.estimating import BASELINE, FEWEST_CONVERSIONS, TOO_FEW, Effect, estimate
from ingestion.effects.observing import Observed, observe
from ingestion.loading import ready_pipeline
from ingestion.pipeline import connected, land_effects, on_spark
from ingestion.pseudonyms import configured_pseudonymiser
from ingestion.records import digest
from ingestion.variables import brand_time_zone, variables
from ingestion.warehouse import Warehouse

METHOD = "additive_hazard_1"
TYPES = "select distinct conversion_type from intermediate.int_conversions_identified order by all"


def effects(warehouse: Warehouse) -> list[str]:
    """Estimate what each channel's touches changed; lines that tell what came of it.

    Raises:
        EffectsError: nothing is built yet, or Spark built it.
        KeyChangedError: the pseudonymisation key is not the one the warehouse knows.
        LoadFailedError: the warehouse refused the estimates.
        WarehouseBusyError: another process has the database open.
    """
    found = {
        conversion_type: (observed, estimate(observed))
        for conversion_type, observed in _observed(warehouse).items()
    }
    fitted_at = datetime.now(UTC)
    rows, days = [], []
    for conversion_type, (observed, effects) in found.items():
        for row, effect in _rows(conversion_type, observed, effects, fitted_at):
            rows.append(row)
            days.extend(_days(row["effect_id"], observed.first_day, effect))
    if rows:
        with ready_pipeline(warehouse, configured_pseudonymiser()) as (pipeline, _):
            land_effects(pipeline, rows, days)
    told = [line for name, one in found.items() for line in _told(name, *one)]
    if not rows:
        return [*told, "nothing was fitted"]
    return [
        *told,
        "an estimate, no experiment: those who were about to buy anyway mislead it",
        "next: dbt build --select stg_channel_effects__fits+ brings it to the marts "
        "channel_effects and model_experiments",
    ]


def settings() -> dict[str, Any]:
    """Where the brand lives, and who is known, as dbt has it."""
    return {"time_zone": brand_time_zone().key, "known_by": variables()["effects_known_by"]}


def _observed(warehouse: Warehouse) -> dict[str, Observed]:
    if on_spark():
        raise EffectsError("effects are counted in DuckDB; this warehouse is built by Spark")
    if not warehouse.database.exists():
        raise EffectsError(f"{warehouse.root} holds no warehouse yet: ./run builds one")
    with connected(warehouse, read_only=True) as database:
        try:
            types = [name for (name,) in database.execute(TYPES).fetchall()]
            return {name: observe(database, name, **settings()) for name in types}
        except duckdb.CatalogException as error:
            raise EffectsError("the models are not built yet: ./run builds them") from error


def _rows(
    conversion_type: str, observed: Observed, effects: list[Effect], fitted_at: datetime
) -> Iterator[tuple[dict[str, Any], Effect]]:
    fit_id = digest(conversion_type, fitted_at.isoformat())
    for effect in effects:
        row = {
            "effect_id": digest(fit_id, effect.channel),
            "fit_id": fit_id,
            "method": METHOD,
            "conversion_type": conversion_type,
            "channel": effect.channel,
            "all_conversions": observed.conversions,
            "conversions": len(observed.day),
            "effect_conversions": effect.conversions,
            "effect_share": effect.share,
            "standard_error": effect.standard_error,
            "share_low": effect.low,
            "share_high": effect.high,
            "led_conversions": effect.led_conversions,
            "finding": effect.finding,
            "customers": observed.customers,
            "first_day": observed.first_day,
            "last_day": observed.last_day,
            "fitted_at": fitted_at,
        }
        yield row, effect


def _days(effect_id: str, first_day: date, effect: Effect) -> Iterator[dict[str, Any]]:
    for number, conversions in enumerate(effect.by_day):
        day = first_day + timedelta(days=number)
        yield {
            "effect_day_id": digest(effect_id, day.isoformat()),
            "effect_id": effect_id,
            "effect_date": day,
            "effect_conversions": conversions,
        }


def _told(conversion_type: str, observed: Observed, effects: list[Effect]) -> Iterator[str]:
    yield (
        f"{conversion_type}: {len(observed.day):,} of {observed.conversions:,} conversions to "
        f"{observed.last_day} are of customers known and touched on an earlier day; "
        f"{observed.customers:,} of these were watched, {observed.days} days"
    )
    if not effects:
        yield (
            f"  too few to say anything: it takes {FEWEST_CONVERSIONS}, and of many customers; by "
            "what these are known is the variable effects_known_by (dbt_project.yml)"
        )
        return
    yield f"  {'':<26} conversions   share    95 %"
    for effect in effects:
        if effect.finding == TOO_FEW:
            known = f"unknown: it led to {effect.led_conversions} conversions only"
        else:
            known = f"{effect.low:6.1%} to {effect.high:.1%}"
        name = "would have been anyway" if effect.channel == BASELINE else effect.channel
        yield f"  {name:<26} {effect.conversions:>11,.1f}  {effect.share:6.1%}  {known}"
