"""Which marts a run has, as dbt declares them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

MARTS_DATABASE = "marts.duckdb"


class PublishError(Exception):
    """Nothing was published, for a reason the message tells."""


@dataclass(frozen=True)
class Mart:
    """One mart as dbt declares it."""

    name: str
    schema: str = "marts"
    relation: str = ""
    description: str = ""
    column_types: dict[str, str] = field(default_factory=dict)
    column_descriptions: dict[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table's name in its schema."""
        return self.relation or self.name


def read_marts(manifest: Path, only: Iterable[str] = ()) -> list[Mart]:
    """Return the marts of a dbt manifest: every model under models/marts, by name.

    Args:
        manifest: dbt's manifest.json.
        only: names to restrict the list to.
    """
    try:
        nodes = json.loads(manifest.read_bytes())["nodes"].values()
    except FileNotFoundError:
        raise PublishError(f"{manifest} is missing: run dbt build first") from None
    marts = {
        node["name"]: Mart(
            name=node["name"],
            schema=node["schema"],
            relation=node.get("alias") or node["name"],
            description=node.get("description", ""),
            column_types={
                column["name"]: column["data_type"]
                for column in node["columns"].values()
                if column.get("data_type")
            },
            column_descriptions={
                column["name"]: column["description"]
                for column in node["columns"].values()
                if column.get("description")
            },
        )
        for node in nodes
        if node["resource_type"] == "model" and "marts" in node["fqn"][1:-1]
    }
    if not marts:
        raise PublishError(f"{manifest} has no model under models/marts")
    wanted = set(only) or marts.keys()
    if unknown := sorted(wanted - marts.keys()):
        raise PublishError(f"no such mart: {', '.join(unknown)}; there are {', '.join(marts)}")
    return [marts[name] for name in sorted(wanted)]
