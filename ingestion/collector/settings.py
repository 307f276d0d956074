"""What the operator of a collector can set: one YAML file, and secrets from the environment.

Every setting has a default that works with no file at all; docs/collector.md lists them.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import dlt
import yaml

from ingestion import ToldError
from ingestion.warehouse import Warehouse

MEBIBYTE = 1024 * 1024
# The loader passes over lines longer than 16 MiB; a body's quotes are escaped once more in a line.
LARGEST_UNZIPPED = 8 * MEBIBYTE
NAME = re.compile(r"[A-Za-z0-9_-]+")
DENIED = ("denied", "withdrawn", "opt_out")
Section = TypeVar("Section")


class SettingsError(ToldError):
    """Settings that cannot be followed; the message names the setting and the remedy."""


@dataclass(frozen=True)
class JournalSettings:
    """When what was received is safe, and how long a file grows.

    Attributes:
        fsync: ``group`` (before every answer, one for all requests that wait), a time such as
            ``50ms`` (the most a power cut can lose) or ``os`` (the system's own time).
        rotate_seconds: age at which a file is handed to the loader.
        rotate_bytes: size at which it is.
        queue_bytes: what may wait for the disk before senders are told to come again.
        answer_within_seconds: a platform that waits longer gives up and sends again.
    """

    fsync: str = "group"
    rotate_seconds: float = 60.0
    rotate_bytes: int = 64 * MEBIBYTE
    queue_bytes: int = 32 * MEBIBYTE
    answer_within_seconds: float = 4.0

    @cached_property
    def fsync_every(self) -> float | None:
        """Seconds between two fsyncs of what is written; None where no clock decides."""
        found = re.fullmatch(r"(\d+)ms", self.fsync)
        return int(found[1]) / 1000 if found else None


@dataclass(frozen=True)
class Rate:
    """A token bucket: so many requests a second, so many at once; 0 means no limit."""

    per_second: float = 0.0
    burst: float = 0.0


@dataclass(frozen=True)
class LimitSettings:
    """What one request, one address and one project may ask for (rates: in each worker)."""

    body_bytes: int = 2 * MEBIBYTE
    unzipped_bytes: int = LARGEST_UNZIPPED
    per_ip: Rate = Rate(200.0, 400.0)
    per_key: Rate = Rate()


@dataclass(frozen=True)
class ConsentSettings:
    """What says that a person refused: names of headers and the like, with the refusing values.

    ``properties`` are paths in an event, such as ``properties.consent``.
    """

    headers: dict[str, list[str]] = field(
        default_factory=lambda: {"DNT": ["1"], "Sec-GPC": ["1"], "X-Consent": [*DENIED]}
    )
    cookies: dict[str, list[str]] = field(default_factory=lambda: {"consent": [*DENIED]})
    query: dict[str, list[str]] = field(default_factory=lambda: {"consent": [*DENIED]})
    properties: dict[str, list[str]] = field(
        default_factory=lambda: {
            "consent": [*DENIED],
            "properties.consent": [*DENIED],
            "context.consent": [*DENIED],
        }
    )


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set, secrets excepted.

    Attributes:
        public_url: how senders call us (``https://collect.brand.example``), where a proxy hides it;
            Baidu signs it.
        trusted_proxies: addresses whose X-Forwarded-For is believed.
        origins: web origins that may send with credentials; ``*`` is any.
        truncate_ip: whether only the network of an address is kept (/24, /48).
        wechat: official accounts 公众号 whose callbacks are taken.
        wecom: WeCom 企业微信 apps whose callbacks are taken.
        short_links: CSV or YAML table of the short links, relative to the settings' file.
        folder: where the settings' file lies.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    public_url: str = ""
    trusted_proxies: str = "127.0.0.1"
    origins: list[str] = field(default_factory=lambda: ["*"])
    truncate_ip: bool = False
    wechat: list[str] = field(default_factory=list)
    wecom: list[str] = field(default_factory=list)
    short_links: str = ""
    journal: JournalSettings = JournalSettings()
    limits: LimitSettings = LimitSettings()
    consent: ConsentSettings = ConsentSettings()
    folder: Path = Path()


def read_settings(warehouse: Warehouse) -> Settings:
    """The settings in the file that ``OMNITOUCH_COLLECTOR`` names, or beside the warehouse.

    Raises:
        SettingsError: a named file is not there, or a file says something that cannot be.
    """
    named = os.environ.get("OMNITOUCH_COLLECTOR")
    path = Path(named) if named else warehouse.root.with_name("collector.yml")
    if not named and not path.is_file():
        return Settings()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: no YAML: {error}") from error
    settings = _section(Settings, content, str(path), folder=path.resolve().parent)
    _check(settings, str(path))
    return settings


def secret(name: str) -> str:
    """A secret of the collector from the environment or dlt's secrets; empty where there is none.

    ``secret("baidu.akey")`` is ``COLLECTOR__BAIDU__AKEY``.
    """
    return str(dlt.secrets.get(f"collector.{name}", str) or "")


def needed_secret(name: str, reason: str) -> str:
    """A secret that something else calls for.

    Raises:
        SettingsError: there is none.
    """
    if value := secret(name):
        return value
    variable = f"collector.{name}".upper().replace(".", "__")
    raise SettingsError(
        f"{reason} needs a secret: set {variable}, or collector.{name} in .dlt/secrets.toml"
    )


def _section(kind: type[Section], content: Any, where: str, **given: Any) -> Section:
    if not isinstance(content, dict):
        raise SettingsError(f"{where}: is no mapping")
    types = get_type_hints(kind)
    known = {item.name: item for item in fields(kind) if item.name != "folder"}  # type: ignore[arg-type]
    if unknown := set(content) - set(known):
        raise SettingsError(
            f"{where}: unknown setting {sorted(unknown)[0]!r}. Known: {', '.join(known)}"
        )
    values = {
        name: _value(types[name], value, f"{where}: {name}") for name, value in content.items()
    }
    return kind(**values, **given)


def _value(kind: Any, value: Any, where: str) -> Any:
    if is_dataclass(kind):
        return _section(kind, value, where)  # type: ignore[arg-type]
    if kind is float and type(value) in (int, float):
        return float(value)
    if kind in (bool, int, str) and type(value) is kind:
        return value
    if kind == list[str] and isinstance(value, list):
        return [str(item) for item in value]
    if kind == dict[str, list[str]] and isinstance(value, dict):
        return {
            str(name): [
                str(item).lower() for item in (items if isinstance(items, list) else [items])
            ]
            for name, items in value.items()
        }
    raise SettingsError(f"{where}: {value!r} is not {getattr(kind, '__name__', kind)}")


def _check(settings: Settings, where: str) -> None:
    journal, limits = settings.journal, settings.limits
    if journal.fsync not in ("group", "os") and not journal.fsync_every:
        raise SettingsError(
            f"{where}: fsync {journal.fsync!r} is not group, os or a time such as 50ms"
        )
    if not 0 < limits.unzipped_bytes <= LARGEST_UNZIPPED:
        raise SettingsError(f"{where}: unzipped_bytes must be at most {LARGEST_UNZIPPED}")
    positive = {
        "workers": settings.workers,
        "rotate_seconds": journal.rotate_seconds,
        "rotate_bytes": journal.rotate_bytes,
        "queue_bytes": journal.queue_bytes,
        "answer_within_seconds": journal.answer_within_seconds,
        "body_bytes": limits.body_bytes,
    }
    for name, value in positive.items():
        if value <= 0:
            raise SettingsError(f"{where}: {name} must be more than 0")
    for name in (*settings.wechat, *settings.wecom):
        if not NAME.fullmatch(name):
            raise SettingsError(f"{where}: {name!r} may hold letters, digits, _ and - only")
