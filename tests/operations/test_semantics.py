"""Metrics by name are counted by the brand's days."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import duckdb
import jinja2
import yaml

from tests.warehouse.worlds import PROJECT

SEMANTICS = PROJECT / "models" / "marts" / "operations" / "_semantics.yml"


def test_customers_are_counted_by_the_day_where_the_brand_lives() -> None:
    models = yaml.safe_load(SEMANTICS.read_text(encoding="utf-8"))["semantic_models"]
    (customers,) = (model for model in models if model["name"] == "customers")
    days = {each["name"]: each.get("expr") for each in customers["dimensions"]}
    template = jinja2.Template(days[customers["defaults"]["agg_time_dimension"]])
    expression = template.render(
        target=SimpleNamespace(type="duckdb"), var={"time_zone": "Asia/Shanghai"}.__getitem__
    )
    seen = "select unnest([timestamp '2026-07-31 15:59:59', '2026-07-31 16:00:00']) first_seen_at"
    found = duckdb.sql(f"select {expression} from ({seen}) order by first_seen_at").fetchall()
    assert found == [(date(2026, 7, 31),), (date(2026, 8, 1),)]
