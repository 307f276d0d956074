"""Tags as one text: names parted by ``|``, a name with a value as ``name=value``."""

from __future__ import annotations

import re
from typing import Any

SEPARATORS = re.compile(r"[|,，;；、\n]+")
NAMES = ("tag_name", "tagName", "name", "tag", "label")
GROUPS = ("group_name", "groupName", "group")


def tag_text(value: Any) -> str:
    """The tags of a text with separators, of a list, or of objects (a group and a name), once each.

    A tag of a group is written ``group=name``: 意向 of 高 is 意向=高.
    """
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, dict):
        name = _first(value, NAMES)
        group = _first(value, GROUPS)
        return f"{group}={name}" if group and name else name
    if isinstance(value, list):
        found = [name for item in value for name in tag_text(item).split("|")]
    else:
        found = [name.strip() for name in SEPARATORS.split(str(value))]
    return "|".join(dict.fromkeys(name for name in found if name))


def _first(record: dict[str, Any], names: tuple[str, ...]) -> str:
    found = next((str(record[name]) for name in names if record.get(name)), "")
    return SEPARATORS.sub(" ", found).strip()
