"""Topics with messages, and consumers of them as processes of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from ingestion.loading import Outcome
from ingestion.streams.consuming import consume
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.kafka.conftest import Broker

LONGEST_SECONDS = 120
# A killed consumer keeps its partitions for a session.
QUICK = "{session.timeout.ms: 3000, heartbeat.interval.ms: 500}"


def topic(broker: Broker, partitions: int = 1) -> str:
    """A topic that no other test uses."""
    name = f"shop.{uuid.uuid4().hex[:12]}"
    admin = AdminClient({"bootstrap.servers": broker.address})
    for created in admin.create_topics([NewTopic(name, partitions)]).values():
        created.result()
    return name


def send(
    broker: Broker, name: str, messages: list[Any], partition: int = 0, **settings: Any
) -> None:
    """Send messages (lines as the collector writes them, bytes as they are, None deletes)."""
    producer = Producer({"bootstrap.servers": broker.address, **settings})
    if settings.get("transactional.id"):
        producer.init_transactions()
        producer.begin_transaction()
    for message in messages:
        value = message if message is None else wire.encoded(message)
        producer.produce(name, value, key=b"k", partition=partition)
    if settings.get("transactional.id"):
        producer.commit_transaction()
    assert producer.flush(30) == 0


def declare(folder: Path, broker: Broker, *streams: str) -> Path:
    """A declaration of streams (YAML flow mappings), read by a group of the folder's own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "streams.yml"
    head = f"bootstrap: {broker.address}\ngroup: {folder.parent.name}\nclient: {QUICK}\nstreams:\n"
    path.write_text(head + "".join(f"  - {{{stream}}}\n" for stream in streams), encoding="utf-8")
    return path


def drain(warehouse: Warehouse, declaration: Path) -> tuple[list[Outcome], list[str]]:
    """Consume to the end, in this process: what was loaded, and what was said."""
    loaded: list[Outcome] = []
    said: list[str] = []
    consume(warehouse, declaration, said.append, loaded.append, once=True, seconds=60)
    wire.assert_balanced(warehouse)
    return loaded, said


def committed(broker: Broker, declaration: Path, name: str, partition: int = 0) -> int:
    """The group's offset; negative where there is none."""
    group = declaration.read_text(encoding="utf-8").split("group: ")[1].split("\n")[0]
    client = Consumer({"bootstrap.servers": broker.address, "group.id": group})
    (found,) = client.committed([TopicPartition(name, partition)], timeout=30)
    client.close()
    return int(found.offset)


class Running:
    """``python -m ingestion consume`` as a process."""

    def __init__(self, warehouse: Warehouse, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingestion", "consume", *map(str, arguments)],
            cwd=wire.PROJECT,
            env={**os.environ, "OMNITOUCH_WAREHOUSE": str(warehouse.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def says(self, text: str) -> str:
        """Wait for a line with this text."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return line
        raise AssertionError(f"{text!r} was not said, but: {self.said}")

    def lands(self, count: int) -> None:
        """Wait until so many have landed in all, in one load or in several."""
        while sum(map(int, re.findall(r"= (\d+) landed", self.said))) < count:
            self.says(" landed")

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """It cannot say a word meanwhile: it stops at the next thing that it has to say."""
        pipe = os.open(f"/proc/{self.process.pid}/fd/1", os.O_WRONLY | os.O_NONBLOCK)
        try:
            with suppress(BlockingIOError):
                while True:
                    os.write(pipe, b"\n" * 512)
            yield
        finally:
            os.close(pipe)

    def ends(self, number: signal.Signals | None = None) -> int:
        """Send the signal, and wait for the process to end."""
        if number:
            self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=120)
        self.said += rest
        return self.process.returncode


@contextmanager
def running(warehouse: Warehouse, *arguments: object) -> Iterator[Running]:
    consumer = Running(warehouse, *arguments)
    # a test that waits for what never comes fails, with what was said instead
    watch = Timer(LONGEST_SECONDS, consumer.process.kill)
    watch.start()
    try:
        yield consumer
    finally:
        watch.cancel()
        if consumer.process.poll() is None:
            consumer.process.kill()
        consumer.process.communicate()


def delete_before(broker: Broker, name: str, offset: int) -> None:
    """Have the broker delete the partition's messages before an offset, as its retention does."""
    admin = AdminClient({"bootstrap.servers": broker.address})
    for deleted in admin.delete_records([TopicPartition(name, 0, offset)]).values():
        deleted.result()
