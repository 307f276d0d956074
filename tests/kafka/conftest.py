"""A real Kafka: one broker on loopback, its files in a folder of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.ingestion.wire import PROJECT

JARS = PROJECT / ".kafka-jars"
SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs={folder}/log
auto.create.topics.enable=false
num.partitions=1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.dedupe.buffer.size=4000000
"""
JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*")
CLUSTER = "omnitouchTestCluster00"


class Broker(NamedTuple):
    """Where the broker listens, and the process that it is."""

    address: str
    process: int


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Where the broker listens; tests keep apart by their topics and groups."""
    admin = pytest.importorskip("confluent_kafka.admin", reason="needs the kafka extra")
    if not shutil.which("java"):
        pytest.skip("needs Java 17")
    if not list(JARS.glob(".complete-*")):
        pytest.skip("needs Apache Kafka: run tests/kafka/fetch_kafka (with Maven)")
    folder = tmp_path_factory.mktemp("kafka")
    address = f"127.0.0.1:{(port := free_port())}"
    settings = folder / "server.properties"
    settings.write_text(
        SETTINGS.format(broker=port, controller=free_port(), folder=folder), encoding="utf-8"
    )
    storage = ("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(settings))
    subprocess.run(["java", *JVM, *storage], check=True, capture_output=True)
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            ["java", *JVM, "kafka.Kafka", str(settings)], stdout=output, stderr=output
        )
    try:
        wait_for(admin.AdminClient({"bootstrap.servers": address, "log_level": 0}), server, log)
        yield Broker(address, server.pid)
    finally:
        server.kill()
        server.wait()


def wait_for(client: object, server: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until the broker answers; the client itself waits between its attempts."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            client.list_topics(timeout=5)  # type: ignore[attr-defined]
            return
        except Exception:
            continue
    raise AssertionError(f"Kafka did not start: {log.read_text(encoding='utf-8')[-2000:]}")
