"""No input, however odd, stops a reader, and no good row is lost beside it.

OMNITOUCH_FUZZ_EXAMPLES raises the number of examples a reader gets.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from ingestion.records import BadRecord, Record
from tests.ingestion import wire
from tests.ingestion.wire import PSEUDONYMISER

EXAMPLES = int(os.environ.get("OMNITOUCH_FUZZ_EXAMPLES", "200"))
LINES, LINES_TOGETHER = 10_000, 1_000
fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="OMNITOUCH_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["", "__TS__", "=cmd|'/c calc'!A1", "'; drop table x;--", "1e999", "\x00", "😀"]
    ),
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=5)),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=6,
    ),
)


def paths(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value of a JSON document stands."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [above, *(path for key, item in inner for path in paths(item, (*above, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The document with another value there."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@st.composite
def odd_documents(draw: st.DrawFn, document: Any) -> Any:
    """A valid document with up to three of its values replaced."""
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths(document)))
        document = replaced(document, path, draw(ODD_VALUES))
    return document


@st.composite
def odd_bytes(draw: st.DrawFn, text: bytes) -> bytes:
    """A valid text cut, or with some of its bytes replaced."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 20)))
    return text[:start] + draw(st.binary(max_size=10)) + text[end:]


def gateways_of(source: str, inner: Any) -> st.SearchStrategy[Any]:
    """Odd documents where a request carries them."""
    if source == "sensors":
        return st.one_of(
            odd_documents(inner).map(lambda event: wire.sensors(event)),
            odd_documents(inner).map(lambda event: wire.sensors(event, event, zipped=True)),
        )
    return odd_documents([inner]).map(lambda body: wire.gateway(body=json.dumps(body)))


def odd_lines(source: str) -> st.SearchStrategy[bytes]:
    """Lines of a source from nearly right to no line at all; never a line break in one."""
    good = wire.GOOD_LINES[source](1)
    strategies = [st.binary(max_size=200), odd_bytes(wire.encoded(good))]
    if not isinstance(good, str):
        strategies.append(odd_documents(good).map(wire.encoded))
    if source == "sensors":
        strategies.append(gateways_of(source, wire.sensors_event(1)).map(wire.encoded))
    if source in ("sms_reports", "sms_replies", "email_events"):
        report = json.loads(good["body"])[0]
        strategies.append(gateways_of(source, report).map(wire.encoded))
    if source in ("snowplow", "segment", "posthog", "short_links"):
        body = json.loads(good["body"])
        strategies.append(
            odd_documents(body).map(lambda odd: {**good, "body": json.dumps(odd)}).map(wire.encoded)
        )
    if source == "chat_sessions":
        chats = json.loads(good["response"]["data"])
        strategies.append(
            odd_documents(chats)
            .map(lambda data: wire.pull({}, {"data": json.dumps(data)}))
            .map(wire.encoded)
        )
    if source in ("wechat_oa", "wecom_callbacks", "ocean_clicks"):
        field = "query" if source == "ocean_clicks" else "body"
        strategies.append(
            odd_bytes(good[field].encode()).map(
                lambda text: wire.encoded({**good, field: text.decode(errors="replace")})
            )
        )
    return st.one_of(*strategies).map(lambda line: line.replace(b"\n", b" ").replace(b"\r", b" "))


@pytest.mark.parametrize("source", wire.GOOD_LINES)
def test_no_line_stops_a_reader_or_takes_a_good_one_with_it(source: str) -> None:
    good = wire.GOOD_LINES[source]
    first, last = (
        result for at in (1, 2) for result in wire.read(source, wire.text_of(source, [good(at)]))
    )

    @fuzz
    @given(odd=st.lists(odd_lines(source), min_size=1, max_size=3))
    @example(odd=[b'"'])
    @example(odd=[b""])
    def check(odd: list[bytes]) -> None:
        results = wire.read(source, wire.text_of(source, [good(1), *odd, good(2)]))
        assert results[0] == first
        assert results[-1] == last
        for result in results:
            if isinstance(result, BadRecord):
                assert result.reason
                assert result.remedy
                PSEUDONYMISER.scrub(result.excerpt).encode()
            else:
                json.loads(result.payload)
                for text in (*result.key, result.record_type, result.occurred_at_raw):
                    assert isinstance(text, str)
        # blank lines are no rows; every other line is at least one result
        blank = sum(not line.strip() for line in odd)
        assert len(results) >= 2 + (0 if source != "pos_receipts" else len(odd) - blank)

    check()


def thrown_in(chance: random.Random) -> Any:
    """A value that no vendor sends, or one that looks nearly right."""
    return chance.choice(
        (
            None, True, False, 0, -1, 2**63, -(2**70), 1e308, -0.0, "", " ", "null", "NaN", "1e999",
            "__TS__", "\x00", "\ufeff", "😀", "=cmd|'/c calc'!A1", "'; drop table x;--",
            "2026-13-45", "99999999999999999999", "2026-07-03 10:00:00", [], {}, [[[[]]]],
            {"": {"": []}},
            chance.random() * 10 ** chance.randint(-300, 300), chance.randint(-(10**20), 10**20),
            "x" * chance.choice((1, 100, 20_000)), chr(chance.randint(0, 0xD7FF)) * 3,
            "[" * chance.randint(1, 400), {"a": "b"}, ["a", 1, None],
        )
    )  # fmt: skip


def spoiled(chance: random.Random, document: Any) -> Any:
    """A document with up to five of its values replaced, also within the JSON texts in it."""
    for _ in range(chance.randint(1, 5)):
        path = chance.choice(paths(document))
        value = document
        for name in path:
            value = value[name]
        new = thrown_in(chance)
        if isinstance(value, str) and value[:1] in ("[", "{") and chance.random() < 0.9:
            # what an earlier round has spoiled may be JSON no more
            with suppress(ValueError, RecursionError):
                inner = json.loads(value)
                inner = replaced(inner, chance.choice(paths(inner)), new)
                new = json.dumps(inner, ensure_ascii=False)
        document = replaced(document, path, new)
        if not isinstance(document, dict | list):
            break
    return document


def spoiled_line(chance: random.Random, good: Any) -> bytes:
    """A line of bytes, of a cut or changed good line, or of a document with odd values."""
    kind = chance.random()
    if kind < 0.1:
        line = chance.randbytes(chance.randint(0, 300))
    elif kind < 0.4 or isinstance(good, str):
        line = bytearray(wire.encoded(good))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(line) + 1)
            line[at : at + chance.choice((0, 1, 1, 20))] = chance.randbytes(chance.randint(0, 3))
    else:
        line = json.dumps(spoiled(chance, good), ensure_ascii=chance.random() < 0.5).encode()
    return bytes(line).replace(b"\n", b" ").replace(b"\r", b" ")


@pytest.mark.parametrize("source", wire.GOOD_LINES)
def test_ten_thousand_spoiled_lines_take_no_good_one_with_them(source: str) -> None:
    """LINES_TOGETHER lines a file, with a good one among each ten."""
    good = wire.GOOD_LINES[source]

    @settings(max_examples=LINES // LINES_TOGETHER, deadline=None, derandomize=True,
              phases=(Phase.generate,))  # fmt: skip
    @given(seed=st.integers(1, 2**32))
    def check(seed: int) -> None:
        chance = random.Random(seed)
        lines: list[Any] = []
        expected = []
        for number in range(LINES_TOGETHER // 10):
            lines += (spoiled_line(chance, good(number)) for _ in range(10))
            lines.append(good(10_000 + number))
            expected += wire.read(source, wire.text_of(source, lines[-1:]))
        results = wire.read(source, wire.text_of(source, [good(9_999), *lines]))
        assert all(one.reason and one.remedy for one in results if isinstance(one, BadRecord))
        # every good line is there, and in its order
        following = iter(results)
        missing = [one for one in expected if one not in following]
        assert missing == []

    check()


DECLARED = """
files:
  - name: orders
    path: orders.{suffix}
    shape: orders
    columns:
      {{order_id: id, occurred_at: at, amount: amount, quantity: n, customer: who, product: note}}
    identifiers: {{phone: phone, imei_md5: device}}
"""
ROW = {"id": "1", "at": "2026-07-03 10:00:00", "amount": "9.90", "n": "1", "who": "c1"}
ROW |= {"note": "x", "phone": "13912345678", "device": "0" * 32}


def csv_line(row: dict[str, Any]) -> bytes:
    return ",".join(map(str, row.values())).encode()


def json_line(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode()


@pytest.mark.parametrize(
    ("suffix", "line", "header"),
    [("csv", csv_line, ",".join(ROW).encode() + b"\n"), ("jsonl", json_line, b"")],
)
def test_no_declared_row_stops_the_reader(
    tmp_path: Path, suffix: str, line: Callable[[dict[str, Any]], bytes], header: bytes
) -> None:
    manifest = wire.declare(tmp_path, DECLARED.format(suffix=suffix))
    good = [line({**ROW, "id": f"good{at}"}) for at in (1, 2)]
    first, last = wire.read_declared(manifest, header + b"\n".join(good))
    odd_rows = st.one_of(
        odd_documents(ROW).filter(lambda row: isinstance(row, dict)).map(line),
        odd_bytes(line(ROW)),
        st.binary(max_size=100),
    ).map(lambda text: text.replace(b"\n", b" ").replace(b"\r", b" "))

    @fuzz
    @given(odd=st.lists(odd_rows, min_size=1, max_size=3))
    def check(odd: list[bytes]) -> None:
        results = wire.read_declared(manifest, header + b"\n".join([good[0], *odd, good[1]]))
        assert results[0] == first
        assert results[-1] == last
        assert len(results) == 2 + sum(bool(text.strip()) for text in odd)
        assert all(json.loads(row.payload) for row in results if isinstance(row, Record))

    check()


def test_no_parquet_file_stops_the_reader(tmp_path: Path) -> None:
    manifest = wire.declare(tmp_path, DECLARED.format(suffix="parquet"))
    schema = pa.schema([(name, pa.string()) for name in ROW])

    @fuzz
    @given(
        rows=st.lists(st.dictionaries(st.sampled_from(list(ROW)), st.text(max_size=30)), max_size=5)
    )
    def check_rows(rows: list[dict[str, str]]) -> None:
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist([ROW, *rows, ROW], schema=schema), sink)
        results = wire.read_declared(manifest, sink.getvalue().to_pybytes())
        assert len(results) == len(rows) + 2
        assert isinstance(results[0], Record)
        assert isinstance(results[-1], Record)

    @fuzz
    @given(content=st.binary(max_size=300))
    def check_bytes(content: bytes) -> None:
        (result,) = wire.read_declared(manifest, b"PAR1" + content + b"PAR1")
        assert isinstance(result, BadRecord)

    check_rows()
    check_bytes()
