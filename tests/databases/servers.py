"""Real PostgreSQL and MariaDB servers: each on loopback, its files in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.kafka.conftest import free_port

LONGEST_SECONDS = 60


def program(name: str) -> str:
    """Where a server program lies, also where Debian keeps it off the PATH."""
    places = [os.environ["PATH"], "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    if found := shutil.which(name, path=os.pathsep.join(places)):
        return found
    pytest.skip(f"needs {name} (Debian: apt install postgresql mariadb-server)")


@contextmanager
def folder_of(user: str) -> Iterator[tuple[Path, list[str]]]:
    """A folder that the server's user owns, and how to start its programs: none runs as root."""
    with tempfile.TemporaryDirectory(prefix="omnitouch_") as name:
        if os.geteuid():
            yield Path(name), []
            return
        known = pwd.getpwnam(user)
        os.chown(name, known.pw_uid, known.pw_gid)
        ids = (f"--reuid={known.pw_uid}", f"--regid={known.pw_gid}", "--clear-groups")
        yield Path(name), ["setpriv", *ids, "--"]


@contextmanager
def serving(command: list[str], folder: Path, address: str) -> Iterator[str]:
    """A server that answers at an address."""
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        until = time.monotonic() + LONGEST_SECONDS
        engine = sa.create_engine(address, poolclass=sa.NullPool)
        while True:
            assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")
            try:
                engine.connect().close()
                break
            except sa.exc.DBAPIError:
                assert time.monotonic() < until, log.read_text(encoding="utf-8", errors="replace")
        yield address
    finally:
        server.kill()
        server.wait()


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL."""
    pytest.importorskip("psycopg", reason="needs the sql extra")
    initdb, server = program("initdb"), program("postgres")
    with folder_of("postgres") as (folder, as_user):
        port, data = free_port(), folder / "data"
        make = [initdb, "-D", str(data), "-U", "shop", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*as_user, *make], check=True, capture_output=True, cwd=folder)
        settings = (
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
            "-c",
            "timezone=Asia/Tokyo",
        )
        command = [*as_user, server, "-D", str(data), "-k", str(folder), "-p", str(port), *settings]
        address = f"postgresql+psycopg://shop:s3cret@127.0.0.1:{port}/postgres"
        with serving(command, folder, address) as ready:
            yield ready


@contextmanager
def mariadb() -> Iterator[str]:
    """The address of a MariaDB whose own time zone is nobody's."""
    pytest.importorskip("pymysql", reason="needs the sql extra")
    install, server = program("mariadb-install-db"), program("mariadbd")
    with folder_of("mysql") as (folder, as_user):
        port, data = free_port(), folder / "data"
        make = (install, "--no-defaults", f"--datadir={data}", "--skip-test-db")
        make += ("--auth-root-authentication-method=normal",)
        subprocess.run([*as_user, *make], check=True, capture_output=True, cwd=folder)
        settings = (f"--datadir={data}", f"--socket={folder}/socket", f"--port={port}")
        settings += ("--bind-address=127.0.0.1", "--default-time-zone=+09:00", "--skip-log-bin")
        settings += ("--character-set-server=utf8mb4",)
        settings += ("--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0")
        address = f"mysql+pymysql://root@127.0.0.1:{port}/mysql?charset=utf8mb4"
        with serving([*as_user, server, "--no-defaults", *settings], folder, address) as ready:
            yield ready
