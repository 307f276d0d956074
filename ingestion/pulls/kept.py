"""Small facts that outlive a pull (cursors, tokens): JSON files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson


def read_kept(path: Path) -> dict[str, Any]:
    """What was kept; empty where nothing was."""
    try:
        kept: dict[str, Any] = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return kept


def keep(path: Path, content: dict[str, Any]) -> None:
    """Replace what is kept, atomically; only the owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    put_in_place(partial, path)


def put_in_place(partial: Path, path: Path) -> None:
    """Give a whole file its name; it survives a power cut from then on."""
    sync(partial)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Write a file's bytes, or a folder's names, through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
