"""What dbt_project.yml sets for the models, for those who work beside them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

PROJECT = Path(__file__).parents[1] / "dbt_project.yml"


@cache
def variables() -> dict[str, Any]:
    """The ``vars`` of the project; what a run of dbt is told on its command line is not known."""
    return yaml.safe_load(PROJECT.read_text(encoding="utf-8"))["vars"]


def brand_time_zone() -> ZoneInfo:
    """Where the brand's days begin."""
    return ZoneInfo(variables()["time_zone"])
