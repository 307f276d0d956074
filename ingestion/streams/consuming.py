"""The Kafka consumer: read a while, land, load, and only then say to Kafka that it is done.

Whatever dies in between is read again: the same records have the same keys, so they count as
duplicates and land once.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confluent_kafka import (
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)

from ingestion.files import list_files
from ingestion.loading import Outcome, landed_rows, load_files
from ingestion.pipeline import FileToRead
from ingestion.pseudonyms import Pseudonymiser, configured_pseudonymiser
from ingestion.streams import StreamError
from ingestion.streams.declaration import FOLDER, Cluster, Stream, read_streams
from ingestion.streams.landing import Message, land, named_by_offset
from ingestion.warehouse import Warehouse, WarehouseBusyError

MESSAGES_PER_BATCH = 50_000
BYTES_PER_BATCH = 64 * 1024 * 1024
ANSWER_SECONDS = 10
# A load that takes longer than this loses its partitions, and its messages are read again.
LONGEST_LOAD_MS = 30 * 60 * 1000
FATAL = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._AUTHENTICATION,
)

Say = Callable[[str], None]
Partition = tuple[str, int]


@dataclass
class Held:
    """What is ours of the topics at this moment.

    Attributes:
        goal: where every partition of the topics ended when we started.
        ours: partitions that the group gave us.
        at_end: those of ours that were read to their end.
        messages: read, not yet landed.
        size: their bytes.
        reached: offsets up to which was read; an end can lie behind the last message.
        landed: offsets that may be committed once what has landed is loaded.
        is_leaving: the group's answers no longer matter.
    """

    goal: dict[Partition, int] = field(default_factory=dict)
    ours: set[Partition] = field(default_factory=set)
    at_end: set[Partition] = field(default_factory=set)
    messages: dict[Partition, list[Message]] = field(default_factory=dict)
    size: int = 0
    reached: dict[Partition, int] = field(default_factory=dict)
    landed: dict[Partition, int] = field(default_factory=dict)
    is_leaving: bool = False

    @property
    def is_full(self) -> bool:
        """Whether memory asks for a load before its time."""
        count = sum(len(messages) for messages in self.messages.values())
        return count >= MESSAGES_PER_BATCH or self.size >= BYTES_PER_BATCH

    def take(self, partition: Partition, message: Message) -> None:
        """Keep a message until it lands."""
        self.messages.setdefault(partition, []).append(message)
        self.size += len(message.value or b"")
        self.reached[partition] = message.offset + 1
        if message.offset + 1 >= self.goal.get(partition, 0):
            self.at_end.add(partition)

    def forget(self, partition: Partition) -> None:
        """Leave a partition to its new owner, who reads on from what was committed."""
        self.size -= sum(len(message.value or b"") for message in self.messages.get(partition, ()))
        for kept in (self.messages, self.reached, self.landed):
            kept.pop(partition, None)
        for known in (self.ours, self.at_end):
            known.discard(partition)


def consume(
    warehouse: Warehouse,
    declaration: Path,
    say: Say,
    report: Callable[[Outcome], None],
    once: bool,
    seconds: float,
) -> list[str]:
    """Load the messages of the declared topics, every so many seconds until told to stop.

    While a file cannot be read nothing is committed, and every load tries it again.

    Args:
        warehouse: where they land and load.
        declaration: the page of YAML that names the topics.
        say: told what is done besides loading.
        report: told what became of the rows of each load.
        once: stop at what was the end of the topics when they were joined.
        seconds: between two loads.

    Returns:
        The files of which nothing could be read to the last.

    Raises:
        ManifestError: the declaration cannot be followed.
        StreamError: the topics cannot be read.
        KeyChangedError, LoadFailedError: as when files are loaded; nothing is committed.
        WarehouseBusyError: another loader is at work, and ``once`` leaves no time to wait for it.
    """
    cluster = read_streams(declaration, warehouse)
    pseudonymiser = configured_pseudonymiser()
    waiting = _landed_before(cluster)
    loaded_into: int | None = None
    refused: list[str] = []
    held = Held()
    with _stopping() as stopping, _consumer(cluster, held, say, once) as consumer:

        def is_done() -> bool:
            return bool(stopping) or (once and _is_drained(consumer, held))

        while True:
            _read(consumer, held, seconds, is_done)
            waiting += _land(cluster, held, pseudonymiser)
            done = is_done()
            try:
                if waiting:
                    outcome = _load(warehouse, waiting, say)
                    if outcome.files:
                        report(outcome)
                    # said once, not with every attempt
                    for line in outcome.refused:
                        if line not in refused:
                            say(f"error: nothing of this file could be read: {line}")
                    refused = outcome.refused
                    before, loaded_into = loaded_into, _inode_of_database(warehouse)
                    if before not in (None, loaded_into):
                        # a backup took the place of the one that knew the files of before
                        waiting = _landed_before(cluster)
                        continue
                    # those that are loaded are passed over
                    waiting = waiting if refused else []
                if not refused:
                    _commit(consumer, held, say)
            except WarehouseBusyError as error:
                if once or done:
                    raise
                say(f"{error} Until then what was read waits in {len(waiting)} landed files.")
            if done:
                return refused


def _landed_before(cluster: Cluster) -> list[FileToRead]:
    streams = cluster.streams.values()
    return [file for stream in streams for file in _files(stream, f"{stream.topic}-*")]


def _inode_of_database(warehouse: Warehouse) -> int:
    """Which file the database is; 0 where there is none, as on Spark."""
    return warehouse.database.stat().st_ino if warehouse.database.exists() else 0


def _is_drained(consumer: Consumer, held: Held) -> bool:
    """Whether all that was there when we started is read, by us or another one of the group."""
    rest = held.goal.keys() - held.at_end
    if rest & held.ours:
        return False
    try:
        return not rest or all(
            found.offset >= held.goal[found.topic, found.partition]
            for found in consumer.committed(
                [TopicPartition(topic, at) for topic, at in rest], timeout=ANSWER_SECONDS
            )
        )
    except KafkaException:
        return False


def _read(consumer: Consumer, held: Held, seconds: float, is_done: Callable[[], bool]) -> None:
    """Read until it is time to load."""
    until = time.monotonic() + seconds
    while not (held.is_full or is_done()) and (left := until - time.monotonic()) > 0:
        for message in consumer.consume(1000, timeout=min(left, 0.5)):
            partition = (message.topic(), message.partition())
            if error := message.error():
                if error.code() == KafkaError._PARTITION_EOF:
                    if partition in held.ours:
                        held.at_end.add(partition)
                        held.reached[partition] = message.offset()
                elif error.fatal() or error.code() in FATAL:
                    raise StreamError(f"{message.topic()}: {error.str()}")
            elif partition in held.ours:
                kind, sent = message.timestamp()
                moment = _moment(None if kind == TIMESTAMP_NOT_AVAILABLE else sent)
                held.take(partition, Message(message.offset(), message.value(), moment))


def _moment(milliseconds: int | None) -> datetime:
    """When a message was sent; now where its producer tells no time that there can be."""
    try:
        if milliseconds is not None:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return datetime.now(UTC)


def _land(cluster: Cluster, held: Held, pseudonymiser: Pseudonymiser) -> Iterator[FileToRead]:
    """Write what was read; it may be forgotten then."""
    for (topic, partition), messages in held.messages.items():
        stream = cluster.streams[topic]
        for path in land(stream, partition, messages, pseudonymiser):
            yield from _files(stream, path.stem)
    held.landed |= held.reached
    held.messages, held.size, held.reached = {}, 0, {}


def _files(stream: Stream, name: str) -> Iterator[FileToRead]:
    """Landed files of a stream, under the names by which any other load knows them."""
    if not stream.folder.is_dir():
        return
    if stream.channel:
        for file in list_files(str(stream.folder.parent), f"{FOLDER}/{name}.jsonl"):
            read = named_by_offset(stream.channel.read)
            yield FileToRead(stream.channel.name, file, read)
    elif stream.entry:
        for file in landed_rows(replace(stream.entry, path=str(stream.folder / f"{name}.jsonl"))):
            yield file._replace(read=named_by_offset(file.read))


def _load(warehouse: Warehouse, files: list[FileToRead], say: Say) -> Outcome:
    # dlt takes signals to itself in the main thread, and would leave the load half way.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(load_files, warehouse, lambda: files, say).result()


def _commit(consumer: Consumer, held: Held, say: Say) -> None:
    """Tell Kafka what is loaded; what it does not take now is told again after the next load."""
    for (topic, at), offset in list(held.landed.items()):
        try:
            (done,) = consumer.commit(
                offsets=[TopicPartition(topic, at, offset)], asynchronous=False
            )
            error = done.error
        except KafkaException as raised:
            error = raised.args[0]
        if error:
            say(
                f"topic {topic}, partition {at}: offset {offset} is not committed ({error.str()}); "
                "should it stay so, its messages are read again and count as duplicates"
            )
        else:
            held.landed.pop((topic, at), None)


@contextmanager
def _stopping() -> Iterator[list[int]]:
    """Signals that ask to stop, as they come: what was read is loaded and committed first."""
    received: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: received.append(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield received
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextmanager
def _consumer(cluster: Cluster, held: Held, say: Say, once: bool) -> Iterator[Consumer]:
    settings: dict[str, Any] = {
        "auto.offset.reset": "earliest",
        "partition.assignment.strategy": "cooperative-sticky",
        "max.poll.interval.ms": LONGEST_LOAD_MS,
        **cluster.client,
        "bootstrap.servers": cluster.bootstrap,
        "group.id": cluster.group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "enable.partition.eof": True,
    }
    said: set[str] = set()

    def failed(error: KafkaError) -> None:
        """The client goes on trying by itself, and tells of every attempt."""
        if once and held.goal and error.code() == KafkaError._ALL_BROKERS_DOWN:
            raise StreamError(f"{cluster.bootstrap}: {error.str()}; start again later")
        if error.str() not in said:
            said.add(error.str())
            say(f"{cluster.bootstrap}: {error.str()}")

    silent = logging.getLogger("confluent_kafka")
    silent.addHandler(logging.NullHandler())
    silent.propagate = False
    try:
        consumer = Consumer(settings, logger=silent, error_cb=failed)
    except KafkaException as error:
        raise StreamError(f"Kafka's client refuses its settings: {error.args[0].str()}") from error
    try:
        held.goal = _ends(consumer, cluster)

        def assigned(consumer: Consumer, partitions: list[TopicPartition]) -> None:
            if partitions and not held.is_leaving:
                _look_at(consumer, partitions, held, say)

        def taken(_: Consumer, partitions: list[TopicPartition]) -> None:
            for partition in partitions:
                held.forget((partition.topic, partition.partition))

        consumer.subscribe(
            list(cluster.streams), on_assign=assigned, on_revoke=taken, on_lost=taken
        )
        yield consumer
    finally:
        held.is_leaving = True
        with suppress(KafkaException):
            consumer.close()


def _ends(consumer: Consumer, cluster: Cluster) -> dict[Partition, int]:
    """The end of every partition that holds anything.

    Raises:
        StreamError: no broker answers, or a topic cannot be read.
    """
    ends = {}
    for topic in cluster.streams:
        try:
            found = consumer.list_topics(topic, timeout=ANSWER_SECONDS).topics[topic]
        except KafkaException as error:
            raise StreamError(
                f"no broker of {cluster.bootstrap} answers ({error.args[0].str()}): check "
                "`bootstrap`, and `client` where the cluster wants TLS or a login"
            ) from error
        if found.error:
            raise StreamError(
                f"topic {topic} cannot be read at {cluster.bootstrap} ({found.error.str()}): "
                "create it, correct its name, or let this client read it"
            )
        for at in found.partitions:
            low, high = consumer.get_watermark_offsets(
                TopicPartition(topic, at), timeout=ANSWER_SECONDS
            )
            if low < high:
                ends[topic, at] = high
    return ends


def _look_at(consumer: Consumer, partitions: list[TopicPartition], held: Held, say: Say) -> None:
    """Say where each new partition is read from, and what the broker deleted before."""
    held.ours |= {(partition.topic, partition.partition) for partition in partitions}
    try:
        for partition in consumer.committed(partitions, timeout=ANSWER_SECONDS):
            low, high = consumer.get_watermark_offsets(partition, timeout=ANSWER_SECONDS)
            _say_start(partition, low, high, say)
    except KafkaException as error:
        say(f"the group gave us {len(partitions)} partitions ({error.args[0].str()})")


def _say_start(partition: TopicPartition, low: int, high: int, say: Say) -> None:
    where = f"topic {partition.topic}, partition {partition.partition}"
    start = partition.offset if partition.offset >= 0 else low
    say(f"{where}: reading from offset {start} of {high}")
    if start < low:
        say(
            f"{where}: {low - start} messages were deleted by the broker before they were read: "
            "raise the topic's retention, or consume more often"
        )
    elif start > high:
        say(f"{where}: the topic was made anew; it is read from its start")
