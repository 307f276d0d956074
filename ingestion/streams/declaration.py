"""What a page of YAML says of a Kafka cluster: its topics, and what their messages are.

The format is described in docs/streams.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingestion.manifest import DeclaredFile, ManifestError, check_known, declared_entry, read_page
from ingestion.secrets import named_secret
from ingestion.sources import SOURCES, Source
from ingestion.sources.click_monitors import MONITORS
from ingestion.warehouse import Warehouse

FOLDER = "kafka"
SETTINGS = ("bootstrap", "group", "client", "secrets", "streams")
# What exactly-once rests on is not for a declaration to change.
OWN = ("bootstrap.servers", "group.id", "enable.auto.commit", "enable.auto.offset.store")
OWN += ("enable.partition.eof",)
# Channels whose senders call us: their requests are what a gateway passes on.
CALLING = ("sensors", "wechat_oa", "wecom_callbacks", "sms_reports", "sms_replies", "email_events")
CALLING += tuple(f"{platform}_clicks" for platform in MONITORS)
CHANNELS = {source.name: source for source in SOURCES if source.name in CALLING}


@dataclass(frozen=True)
class Stream:
    """One topic.

    Attributes:
        topic: its name.
        folder: where its files land.
        channel: the source that each message is a line of; None for rows of a declared shape.
        bodies: a message is the body of a request, not the whole line of a collector.
        entry: the mapping of rows of a declared shape.
    """

    topic: str
    folder: Path
    channel: Source | None = None
    bodies: bool = False
    entry: DeclaredFile | None = None


@dataclass(frozen=True)
class Cluster:
    """A Kafka cluster, how to reach it, and the topics to read."""

    bootstrap: str
    group: str
    client: dict[str, str]
    streams: dict[str, Stream]


def read_streams(path: Path, warehouse: Warehouse) -> Cluster:
    """The cluster and topics of one declaration.

    Raises:
        ManifestError: the file cannot be read or says something that cannot be.
    """
    content = read_page(path, "streams")
    where = path.name
    check_known(where, "setting", content, SETTINGS)
    if not content.get("bootstrap"):
        raise ManifestError(f"{where}: `bootstrap` is missing: the brokers, as host:port,host:port")
    streams = [_stream(path.resolve(), warehouse, item) for item in content["streams"]]
    topics = [stream.topic for stream in streams]
    if not topics:
        raise ManifestError(f"{where}: `streams` is empty: name at least one topic")
    if repeated := {topic for topic in topics if topics.count(topic) > 1}:
        raise ManifestError(f"{where}: the topic {sorted(repeated)[0]!r} is named twice")
    return Cluster(
        bootstrap=str(content["bootstrap"]),
        group=str(content.get("group", "omnitouch")),
        client=_client(where, content),
        streams={stream.topic: stream for stream in streams},
    )


def _stream(declaration: Path, warehouse: Warehouse, item: Any) -> Stream:
    topic = item.get("topic") if isinstance(item, dict) else None
    if not isinstance(topic, str) or not re.fullmatch(r"[\w.-]+", topic, re.ASCII):
        raise ManifestError(f"{declaration.name}: a stream without a `topic` that Kafka knows")
    where = f"{declaration.name}: {topic}"
    if "shape" not in item:
        check_known(where, "setting", item, ("topic", "source", "message"))
        source = item.get("source")
        if not source:
            raise ManifestError(f"{where}: `source` is missing (or `shape`, for rows of your own)")
        check_known(where, "source of messages", [source], CHANNELS)
        message = item.get("message", "line")
        check_known(where, "message", [message], ("line", "body"))
        folder = warehouse.landing / source / FOLDER
        return Stream(topic, folder, CHANNELS[source], message == "body")
    folder = warehouse.landing / "declared" / topic / FOLDER
    mapping = {name: value for name, value in item.items() if name != "topic"}
    for name in ("path", "format", "encoding", "separator", "header"):
        if name in mapping:
            raise ManifestError(f"{where}: `{name}` is for files; messages are JSON: drop it")
    mapping |= {"name": topic, "path": str(folder / "*.jsonl"), "format": "jsonl"}
    entry = replace(declared_entry(declaration, mapping), format="messages")
    return Stream(topic, folder, entry=entry)


def _client(where: str, content: dict[str, Any]) -> dict[str, str]:
    """Settings of the client library; those of ``secrets`` are looked up by the name beside them.

    Only names stand in the declaration: it is kept with the project.
    """
    client: dict[str, str] = {}
    for section in ("client", "secrets"):
        settings = content.get(section) or {}
        if not isinstance(settings, dict):
            raise ManifestError(f"{where}: `{section}` is no mapping")
        for name, value in settings.items():
            if name in OWN:
                raise ManifestError(f"{where}: `{section}` may not set {name}")
            client[name] = value if section == "client" else named_secret(where, name, value)
    return client
