"""Is what readers see always one whole batch?"""

import fcntl
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import fake_marts
import pytest

from expectations.__main__ import NOT_RUN, main
from expectations.audit import run_audit
from expectations.export import export_from_spark
from expectations.marts import PublishError
from expectations.reported import REPORTS
from ingestion.warehouse import Warehouse

ROOT = Path(__file__).parents[2]


def batches(warehouse: Warehouse) -> list[str]:
    return sorted(path.name for path in warehouse.published.iterdir() if path.is_dir())


def test_a_published_batch_is_whole_described_and_read_only(warehouse, publish_now):
    publication = publish_now()
    current = warehouse.current()
    assert current["batch"] == publication.batch == publication.directory.name
    assert set(current["marts"]) == {*fake_marts.MARTS, REPORTS.name}
    with duckdb.connect(
        str(warehouse.published / current["database"]), read_only=True
    ) as connection:
        for mart, entry in current["marts"].items():
            file = warehouse.published / entry["file"]
            assert connection.execute(f"select count(*) from main.{mart}").fetchone() == (
                entry["rows"],
            )
            assert connection.execute(
                f"select count(*) from ((from main.{mart} except all from read_parquet('{file}'))"
                f" union all (from read_parquet('{file}') except all from main.{mart}))"
            ).fetchone() == (0,)
        assert connection.execute(
            "select comment from duckdb_columns() "
            "where table_name = 'orders' and column_name = 'net_revenue'"
        ).fetchone() == ("net_revenue of orders",)
        assert connection.execute(
            "select comment from duckdb_tables() where table_name = 'orders'"
        ).fetchone() == ("One row per orders: the brand's own",)
        codecs = connection.execute(
            "select distinct compression "
            f"from parquet_metadata('{publication.directory}/*.parquet')"
        ).fetchall()
    assert codecs == [("ZSTD",)]
    assert current["marts"]["orders"]["columns"]["net_revenue"] == "DECIMAL(18,4)"
    modes = {path.name: path.stat().st_mode & 0o777 for path in publication.directory.iterdir()}
    assert set(modes.values()) == {0o444}
    assert set(modes) == {"marts.duckdb", *(f"{mart}.parquet" for mart in current["marts"])}
    assert not [path for path in warehouse.published.iterdir() if path.name.startswith(".cand")]


def test_the_contract_fingerprint_changes_with_a_column_only(warehouse, publish_now):
    publish_now()
    first = warehouse.current()["contract"]
    fake_marts.change(warehouse.root, "delete from marts.sessions")
    publish_now()
    assert warehouse.current()["contract"] == first
    fake_marts.change(warehouse.root, "alter table marts.sessions add column score double")
    publish_now()
    assert warehouse.current()["contract"] != first


def test_the_last_three_batches_and_ten_reports_are_kept(warehouse, publish_now):
    published = [publish_now(marts=["orders"]).batch for _ in range(5)]
    assert batches(warehouse) == published[-3:] == sorted(published)[-3:]

    def reject(database, rows, *, report, **_):
        report.mkdir(parents=True)
        raise PublishError("no")

    for _ in range(12):
        with pytest.raises(PublishError):
            publish_now(marts=["orders"], auditor=reject)
    assert batches(warehouse) == published[-3:]
    publish_now(marts=["orders"])
    reports = {path.name for path in warehouse.audit.iterdir()}
    assert set(published[-2:]) <= reports, "the report of a published batch stays"
    assert len(reports) <= 10 + 3


def test_a_published_batch_that_cannot_be_read_is_told_and_need_not_be(warehouse, publish_now):
    published = publish_now().directory / "marts.duckdb"
    published.chmod(0o644)
    published.write_bytes(b"torn" * 4096)
    with pytest.raises(PublishError, match=r"cannot be read .*--allow-shrink"):
        publish_now(auditor=run_audit, marts=["orders"])
    assert warehouse.current()["batch"] == published.parent.name
    publish_now(auditor=run_audit, marts=["orders"], allow_shrink=True)
    assert warehouse.current()["batch"] != published.parent.name


def test_a_reader_keeps_the_batch_it_opened(warehouse, publish_now):
    publish_now()
    database = warehouse.published / warehouse.current()["database"]
    with duckdb.connect(str(database), read_only=True) as connection:
        for _ in range(4):
            publish_now()
        assert not database.exists()
        assert connection.execute("select count(*) from events").fetchone() == (1800,)


def test_a_rejected_candidate_is_removed(warehouse, publish_now):
    publish_now()
    before = warehouse.pointer.read_bytes()

    def reject(database, rows, *, report, **_):
        assert database.parent.name.startswith(".candidate-")
        raise PublishError("the auditor died")

    with pytest.raises(PublishError, match="the auditor died"):
        publish_now(auditor=reject)
    assert warehouse.pointer.read_bytes() == before
    assert batches(warehouse) == [warehouse.current()["batch"]]


def test_what_was_published_is_backed_up_and_what_was_not_is_not(warehouse, publish_now, changed):
    def reject(*_, **__):
        raise PublishError("the auditor died")

    with pytest.raises(PublishError):
        publish_now(auditor=reject)
    publish_now(backup=False)
    assert not warehouse.backup.exists()
    publish_now()
    first = warehouse.backup.read_bytes()
    assert first == warehouse.database.read_bytes()
    with changed(warehouse, "delete from marts.events"):
        with pytest.raises(PublishError):
            publish_now(auditor=reject)
        assert warehouse.backup.read_bytes() == first
        publish_now()
    with duckdb.connect(str(warehouse.backup), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.events").fetchone() == (0,)


def test_a_backup_that_fails_leaves_the_one_before_and_is_told(
    warehouse, publish_now, monkeypatch, caplog
):
    publish_now()
    before = warehouse.backup.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copy", full)
    publish_now()
    assert len(batches(warehouse)) == 2
    assert warehouse.backup.read_bytes() == before
    assert "no backup of the database: [Errno 28] No space left on device" in caplog.text


def test_leftovers_of_a_killed_run_are_swept(warehouse, publish_now):
    publish_now()
    (warehouse.published / ".candidate-20200101T000000000Z-dead").mkdir()
    (warehouse.published / ".removed-20200101T000000000Z-dead").mkdir()
    (warehouse.published / ".current.json-20200101T000000000Z-dead").write_text("{")
    publish_now()
    assert {path.name for path in warehouse.published.iterdir() if path.name[0] == "."} == {".lock"}


def test_a_second_publisher_fails_clearly_or_waits(warehouse, publish_now, capsys):
    publish_now()
    with open(warehouse.published / ".lock", "r+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(["--warehouse", str(warehouse.root), "publish"]) == NOT_RUN
        told = capsys.readouterr().err
        assert f"another publisher is at work (process {os.getpid()})" in told
        assert "--wait" in told
        threading.Timer(0.3, fcntl.flock, (lock, fcntl.LOCK_UN)).start()
        publish_now(wait_seconds=10)
    assert len(batches(warehouse)) == 2


def test_a_build_database_in_use_is_named(warehouse, publish_now):
    writer = (
        "import duckdb, sys; connection = duckdb.connect(sys.argv[1]);"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(warehouse.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(PublishError, match=f"build database cannot be read now.*{process.pid}"):
            publish_now()
        process.stdin.close()
    publish_now()


class SparkStandIn:
    """The part of a SparkSession that the export uses: a table written as a parquet directory."""

    def __init__(self, build_database: Path) -> None:
        self.build_database = build_database

    def table(self, name: str) -> "SparkStandIn":
        self.name = name.replace("`", '"')
        return self

    @property
    def write(self) -> "SparkStandIn":
        return self

    def parquet(self, uri: str) -> None:
        directory = Path(uri.removeprefix("file://"))
        directory.mkdir()
        with duckdb.connect(str(self.build_database), read_only=True) as connection:
            zoned = {
                column: "cast({0} at time zone 'UTC' as timestamptz) as {0}"
                for column, kind, *_ in connection.execute(f"describe from {self.name}").fetchall()
                if kind == "TIMESTAMP"
            }
            replaced = ", ".join(text.format(column) for column, text in zoned.items())
            star = f"* replace ({replaced})" if replaced else "*"
            connection.execute(
                f"copy (select {star} from {self.name}) to '{directory}/part-0.parquet'"
            )


def test_the_spark_export_publishes_the_same_as_the_duckdb_export(warehouse, publish_now):
    first = publish_now()
    contract = warehouse.current()["contract"]
    publish_now(exporter=export_from_spark(lambda: SparkStandIn(warehouse.database)))
    current = warehouse.current()
    assert current["contract"] == contract
    for mart, entry in current["marts"].items():
        with duckdb.connect() as connection:
            one, two = first.directory / f"{mart}.parquet", warehouse.published / entry["file"]
            assert connection.execute(
                f"select count(*) from (from '{one}' except all from '{two}')"
            ).fetchone() == (0,), mart


def look(warehouse: Warehouse) -> str | None:
    """Read the published marts as a reader would; return what does not fit together."""
    current = warehouse.current()
    if current is None:
        return None
    with duckdb.connect(
        str(warehouse.published / current["database"]), read_only=True
    ) as connection:
        for mart, entry in current["marts"].items():
            rows = connection.execute(f'select count(*) from "{mart}"').fetchone()[0]
            file = warehouse.published / entry["file"]
            in_file = connection.execute(f"select count(*) from '{file}'").fetchone()[0]
            if not rows == in_file == entry["rows"]:
                return f"{mart}: {rows} rows, {in_file} in its file, {entry['rows']} promised"
        ordered, credited, shown = connection.execute(
            """
            select
                (
                    select sum(net_revenue) from orders
                    where order_kind = 'sale' or original_order_id is not null
                ),
                (select sum(revenue) from touchpoint_credits where attribution_model = 'linear'),
                (select sum(revenue) from channel_performance where attribution_model = 'linear')
            """
        ).fetchone()
    if abs(float(ordered) - credited) > 0.01 or abs(credited - shown) > 0.01:
        return f"revenue {ordered} ordered, {credited} credited, {shown} shown"
    return None


@pytest.mark.parametrize(
    ("audited", "kills"), [(True, 8), (False, 20)], ids=["whole run", "without the audit"]
)
def test_a_killed_publisher_never_tears_what_readers_see(audited, kills, warehouse, tmp_path):
    """Kill publishers at random moments while a reader looks, and count what it saw torn."""
    other = tmp_path / "other"
    fake_marts.build(other, people=90)
    torn: list[str] = []
    looks = 0
    done = threading.Event()

    def read_on() -> None:
        nonlocal looks
        while not done.is_set():
            try:
                problem = look(warehouse)
            except Exception as error:
                problem = repr(error)
            looks += 1
            if problem:
                torn.append(problem)
            time.sleep(0.005)

    publisher = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "killed_publisher.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    def order(**what: object) -> float:
        publisher.stdin.write(json.dumps({**what, "audited": audited}) + "\n")
        publisher.stdin.flush()
        return float(publisher.stdout.readline())

    builds = [str(warehouse.root), str(other)]
    randomly = random.Random(7)
    with publisher:
        whole = order(warehouse=builds[0], build=builds[0], kill_after=None)
        reader = threading.Thread(target=read_on)
        reader.start()
        try:
            for number in range(kills):
                after = randomly.uniform(0, 1.1 * whole)
                order(warehouse=builds[0], build=builds[number % 2], kill_after=after)
            order(warehouse=builds[0], build=builds[1], kill_after=None)
        finally:
            done.set()
            reader.join()
            publisher.stdin.close()
    assert torn == []
    assert looks >= kills
    assert look(warehouse) is None
    assert warehouse.current()["marts"]["orders"]["rows"] == 58
    assert len(batches(warehouse)) <= 3
    assert not [name for name in batches(warehouse) if name.startswith(".")]


def test_the_test_of_torn_reads_can_see_one(warehouse, publish_now):
    """A positive control: marts of two builds under one pointer are noticed."""
    first = publish_now().directory
    fake_marts.build(warehouse.root, people=90)
    second = publish_now().directory
    (second / "orders.parquet").unlink()
    (first / "orders.parquet").rename(second / "orders.parquet")
    assert "orders" in look(warehouse)
