"""Two loaders never work on one warehouse, nor two keys."""

from __future__ import annotations

import os
import subprocess
import sys

import duckdb
import pytest

from ingestion.loading import KeyChangedError, run
from ingestion.warehouse import Warehouse, WarehouseBusyError
from tests.ingestion import wire

HOLDER = """
import sys, time
from pathlib import Path
from ingestion.warehouse import Warehouse
with Warehouse(Path(sys.argv[1])).loading():
    print("holding", flush=True)
    time.sleep(60)
"""


def test_a_second_loader_is_told_who_holds_the_warehouse(warehouse: Warehouse) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(warehouse.root)],
        cwd=wire.PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(WarehouseBusyError, match=f"process {holder.pid};"):
            run(warehouse, [], lambda _: None)
        holder.kill()
    # the lock dies with its holder
    assert run(warehouse, [], lambda _: None).files == 0


def test_a_database_in_use_is_said_in_one_line(warehouse: Warehouse) -> None:
    wire.deliver(warehouse, "wechat_oa", [wire.wechat_oa(1)])
    warehouse.root.mkdir(exist_ok=True)
    with duckdb.connect(str(warehouse.database)):
        done = wire.command(warehouse, "load")
    assert done.returncode == 1
    (message,) = done.stderr.splitlines()
    assert f"process {os.getpid()}" in message
    assert wire.load(warehouse).rows_landed == 1


def test_another_key_is_refused(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.deliver(warehouse, "wechat_oa", [wire.wechat_oa(1)])
    wire.load(warehouse)
    with monkeypatch.context() as patch:
        patch.setenv("OMNITOUCH_HMAC_KEY", "another key of at least 32 bytes!")
        with pytest.raises(KeyChangedError, match="OMNITOUCH_HMAC_KEY"):
            run(warehouse, [], lambda _: None)
    wire.deliver(warehouse, "wechat_oa", [wire.wechat_oa(1), wire.wechat_oa(2)])
    assert wire.load(warehouse).rows_landed == 1
