"""What a page of YAML says of records to match: the files they are in, and what their columns are.

The format is described in docs/matching.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingestion.manifest import DeclaredFile, ManifestError, check_known, declared_entry, read_page

ROLES = ("full_name", "first_name", "surname", "birth_date", "city", "address", "email", "phone")
NAMES = ("full_name", "first_name", "surname")
SETTINGS = ("name", "keep_from", "files")
OF_FILES = ("path", "id", "columns", "format", "encoding", "separator", "header")
KEEP_FROM = "0.5"


@dataclass(frozen=True)
class Declaration:
    """Records that may be of the same people.

    Attributes:
        name: under which its pairs are kept; a new run replaces them.
        keep_from: the least probability that a kept pair has.
        files: where the records are; of each, ``columns`` says role → column, and ``identifiers``
            names the one column by which a record is known.
    """

    name: str
    keep_from: float
    files: list[DeclaredFile]

    @property
    def roles(self) -> list[str]:
        """What the files tell of people, in the order of ``ROLES``."""
        return [role for role in ROLES if any(role in file.columns for file in self.files)]


def read_declaration(path: Path) -> Declaration:
    """The declaration of one page.

    Raises:
        ManifestError: the page is not there, no YAML, or says something that cannot be.
    """
    content = read_page(path, "files")
    check_known(path.name, "setting", content, SETTINGS)
    name = content.get("name", path.stem)
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+", name):
        raise ManifestError(f"{path.name}: the name may hold letters, digits, _ . - only")
    where = f"{path.name}: {name}"
    files = [_file(path.resolve(), where, name, item) for item in content["files"]]
    declaration = Declaration(name, _probability(where, content), files)
    roles = set(declaration.roles)
    check_roles(where, roles)
    if "full_name" in roles and roles & {"first_name", "surname"}:
        raise ManifestError(
            f"{where}: map either `full_name` in every file, or `first_name` and `surname`: "
            "a whole name cannot be compared with a part of one"
        )
    return declaration


def check_roles(where: str, roles: Iterable[str]) -> None:
    """Refuse what tells no people apart.

    Raises:
        ManifestError: there is nothing but a name, or but one other role.
    """
    if len(kinds(roles)) < 2:
        raise ManifestError(
            f"{where}: the records have {' and '.join(roles) or 'nothing'} alone, which tells no "
            f"people apart; roles are {', '.join(ROLES)}"
        )


def kinds(roles: Iterable[str]) -> set[str]:
    """The roles, all names as one: they are compared together."""
    return {"name" if role in NAMES else role for role in roles}


def _file(page: Path, where: str, source: str, item: Any) -> DeclaredFile:
    if not isinstance(item, dict) or not isinstance(item.get("path"), str):
        raise ManifestError(f"{where}: an entry of `files` without a `path`")
    where = f"{where}: {item['path']}"
    check_known(where, "setting", item, OF_FILES)
    named = item.get("id")
    if not isinstance(named, dict) or len(named) != 1:
        raise ManifestError(
            f"{where}: `id` names the one column by which a record is known: "
            "write `id: {member_id: column}` or `id: {customer_key:crm: column}`"
        )
    columns = item.get("columns")
    if not isinstance(columns, dict) or not all(
        isinstance(column, str) and column for column in columns.values()
    ):
        raise ManifestError(f"{where}: `columns` is no mapping of roles to columns")
    check_known(where, "role", columns, ROLES)
    # A file of records is read as one of profiles is, but for what its columns mean.
    layout = {setting: text for setting, text in item.items() if setting not in ("id", "columns")}
    entry = {**layout, "name": item["path"], "source": source, "shape": "profiles"}
    return replace(declared_entry(page, {**entry, "identifiers": named}), columns=columns)


def _probability(where: str, content: dict[str, Any]) -> float:
    text = content.get("keep_from", KEEP_FROM)
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1:
        raise ManifestError(f"{where}: `keep_from` is a probability: write 0.5, or 0.95")
    return number
