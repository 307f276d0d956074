"""An identity graph with nothing in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.identity import graphs


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("identity")
    graphs.empty(directory)
    return directory
