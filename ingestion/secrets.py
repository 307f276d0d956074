"""Secrets by name: a declaration is kept with the project, what it names is not."""

from __future__ import annotations

import os

import dlt

from ingestion.manifest import ManifestError


def named_secret(where: str, setting: str, name: str) -> str:
    """The secret of this name, from the environment or from dlt's secrets.

    Raises:
        ManifestError: there is none; ``where`` and ``setting`` say who asks.
    """
    value = os.environ.get(name) or dlt.secrets.get(name, str)
    if not value:
        raise ManifestError(
            f"{where}: {setting}: no secret {name}: set it in the environment or in dlt's secrets"
        )
    return value
