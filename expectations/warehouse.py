"""Where the files of a run lie, and which marts a run has."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MARTS_DATABASE = "marts.duckdb"


class PublishError(Exception):
    """Nothing was published, for a reason the message tells."""


@dataclass(frozen=True)
class Warehouse:
    """The directory a run writes to."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Warehouse":
        """Return the warehouse named by OMNITOUCH_WAREHOUSE, or ./warehouse."""
        return cls(Path(os.environ.get("OMNITOUCH_WAREHOUSE") or "warehouse"))

    @property
    def build_database(self) -> Path:
        """The database dbt builds in; readers never open it."""
        return self.root / "omnitouch.duckdb"

    @property
    def backup(self) -> Path:
        """The build database as it was when it was last published."""
        return self.root / "backup" / self.build_database.name

    @property
    def manifest(self) -> Path:
        """The manifest of the dbt run; dbt called without a target path keeps it in ./target."""
        folders = [os.environ.get("DBT_TARGET_PATH", ""), str(self.root / "target"), "target"]
        found = [Path(folder, "manifest.json") for folder in folders if folder]
        return max(
            (path for path in found if path.exists()),
            key=lambda path: path.stat().st_mtime,
            default=self.root / "target" / "manifest.json",
        )

    @property
    def audit(self) -> Path:
        """One directory of HTML report per audit."""
        return self.root / "audit"

    @property
    def published(self) -> Path:
        """What readers see: one directory per batch and the pointer to the current one."""
        return self.root / "published"

    @property
    def pointer(self) -> Path:
        """The file that names the current batch."""
        return self.published / "current.json"

    def current(self) -> dict[str, Any] | None:
        """Return what current.json says, or None before the first publish."""
        try:
            return json.loads(self.pointer.read_bytes())
        except FileNotFoundError:
            return None


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
