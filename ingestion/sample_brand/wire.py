"""How the bytes of the sample brand look: clocks, gateway and pull lines, checksums and files."""

import zlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson

DAY_MS = 86_400_000
BEIJING_MS = 8 * 3_600_000

_CLOCK = [
    f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in range(86_400)
]


@lru_cache(maxsize=4096)
def _date_text(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d")


def utc_text(epoch_ms: int) -> str:
    """Write an instant as an RFC 3339 text in UTC with milliseconds."""
    day, rest = divmod(epoch_ms, DAY_MS)
    return f"{_date_text(day)}T{_CLOCK[rest // 1000]}.{rest % 1000:03d}Z"


def utc_texts(epoch_ms: list[int]) -> list[str]:
    """Write many instants at once; see utc_text."""
    rests = [divmod(time, DAY_MS) for time in epoch_ms]
    return [f"{_date_text(day)}T{_CLOCK[rest // 1000]}.{rest % 1000:03d}Z" for day, rest in rests]


def beijing_text(epoch_ms: int) -> str:
    """Write an instant as the naive Beijing text most Chinese vendors send."""
    day, rest = divmod(epoch_ms + BEIJING_MS, DAY_MS)
    return f"{_date_text(day)} {_CLOCK[rest // 1000]}"


def beijing_date(epoch_ms: int) -> str:
    """Write the Beijing calendar date of an instant."""
    return _date_text((epoch_ms + BEIJING_MS) // DAY_MS)


def yuan_text(fen: int) -> str:
    """Write an amount in fen as yuan with two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def gateway_line(
    received_ms: int,
    method: str,
    path: str,
    query: str,
    ip: str,
    user_agent: str,
    content_type: str = "",
    body: str = "",
) -> bytes:
    """Write one HTTP request as the line the collector keeps of it."""
    record = {
        "received_at": utc_text(received_ms),
        "method": method,
        "path": path,
        "query": query,
        "ip": ip,
        "user_agent": user_agent,
        "content_type": content_type,
        "body": body,
    }
    return orjson.dumps(record) + b"\n"


def pull_line(fetched_ms: int, request: dict[str, Any], response: dict[str, Any]) -> bytes:
    """Write one page of an API answer as the line the puller keeps of it."""
    fetched_at = utc_text(fetched_ms)[:19] + "Z"
    record = {"fetched_at": fetched_at, "request": request, "response": response}
    return orjson.dumps(record) + b"\n"


class LandingFile:
    """A file of one day that is written in pieces; `.gz` names are compressed.

    The gzip header carries no time and no name, so equal content gives equal bytes.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, making its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._gzip = zlib.compressobj(1, zlib.DEFLATED, 31) if path.suffix == ".gz" else None

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._file.write(self._gzip.compress(data) if self._gzip else data)

    def close(self) -> None:
        """Finish the gzip stream and close the file."""
        if self._gzip:
            self._file.write(self._gzip.flush())
        self._file.close()

    def __enter__(self) -> "LandingFile":
        """Use the file as a context."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close on the way out."""
        self.close()


_INVERSE_31 = pow(31, -1, 2**32)


@lru_cache(maxsize=8)
def _powers(base: int, count: int) -> np.ndarray:
    """Return base**0 .. base**(count-1) modulo 2**32, by doubling."""
    powers = np.ones(1, dtype=np.uint32)
    while len(powers) < count:
        factor = np.uint32(pow(base, len(powers), 2**32))
        powers = np.concatenate([powers, powers * factor])
    return powers[:count]


def sensors_checksums(texts: list[bytes]) -> list[int]:
    """Return the Sensors SDK hash (h = 31*h + c as a signed 32-bit integer) of each text.

    All texts are hashed at once: 31 is odd, so it has an inverse modulo 2**32 and one weighted
    running product over the joined bytes serves every text.
    """
    if not texts:
        return []
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    ends = np.cumsum(lengths)
    size = 1 << int(ends[-1]).bit_length()
    weighted = np.frombuffer(b"".join(texts), dtype=np.uint8).astype(np.uint32)
    weighted *= _powers(_INVERSE_31, size)[: len(weighted)]
    sums = np.add.reduceat(weighted, ends - lengths, dtype=np.uint32)
    return (sums * _powers(31, size)[ends - 1]).view(np.int32).tolist()
