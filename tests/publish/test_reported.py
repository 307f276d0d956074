"""Can somebody ask what was reported on a day, after the figures changed?"""

import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import duckdb
import fake_marts
import pytest

from expectations.__main__ import PUBLISHED, main
from expectations.audit import run_audit
from expectations.marts import PublishError
from expectations.summary import summarize

KEY = ("attribution_model", "conversion_type", "channel", "report_month")
FIGURES = ("conversions", "new_customers", "revenue", "spend")


def told_now(batch: Path) -> list[tuple]:
    """The figures of the marts, added up by somebody else."""
    sums = ", ".join(f"cast(sum({figure}) as decimal(18, 4))" for figure in FIGURES)
    with duckdb.connect(str(batch / "marts.duckdb"), read_only=True) as connection:
        return connection.execute(
            f"select {', '.join(KEY)}, {sums} from (select *, "
            "cast(date_trunc('month', performance_date) as date) as report_month "
            "from channel_performance) group by all order by all"
        ).fetchall()


def told_at(batch: Path, moment: datetime) -> list[tuple]:
    with duckdb.connect(str(batch / "marts.duckdb"), read_only=True) as connection:
        return connection.execute(
            f"select {', '.join((*KEY, *FIGURES))} from channel_reports where reported_from <= $1 "
            "and (reported_until is null or reported_until > $1) order by all",
            [moment],
        ).fetchall()


def moments(batch: Path) -> list[datetime]:
    with duckdb.connect(str(batch / "marts.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select reported_from from channel_reports union "
            "select reported_until from channel_reports where reported_until is not null order by 1"
        ).fetchall()
    return [moment for (moment,) in found]


def test_any_batch_of_the_past_can_be_asked_for(warehouse, publish_now):
    """Of random restatements: after all of them, each batch's figures as it told them."""
    random = Random(7)
    told = []
    for _ in range(8):
        publication = publish_now()
        told.append(told_now(publication.directory))
        channel = random.choice(["sms", "douyin_ads", "unattributed"])
        fake_marts.change(
            warehouse.root,
            random.choice(
                [
                    f"update marts.channel_performance set revenue = revenue - {random.random()} "
                    f"where channel = '{channel}'",
                    f"delete from marts.channel_performance where channel = '{channel}'",
                    "insert into marts.channel_performance by name (select * replace ("
                    f"'{channel}' as channel) from marts.channel_performance limit 5)",
                    "select 1",
                ]
            ),
        )
    told_from = moments(publication.directory)
    assert len(told_from) > 3
    news = [figures for before, figures in pairwise([[], *told]) if before != figures]
    assert len(told_from) == len(news), "figures that stay are no news"
    for moment, figures in zip(told_from, news, strict=True):
        assert told_at(publication.directory, moment) == figures
    assert not told_at(publication.directory, told_from[0] - timedelta(seconds=1))


def test_the_documented_query_tells_what_was_reported_then_and_now(warehouse, publish_now):
    page = (Path(__file__).parents[2] / "docs" / "spend.md").read_text(encoding="utf-8")
    (sql,) = [sql for sql in page.split("```sql\n") if "from channel_reports" in sql]
    sql = sql.split("```")[0].replace("last_non_direct", "linear")
    told = publish_now().directory
    (then,) = moments(told)
    fake_marts.change(warehouse.root, "update marts.channel_performance set revenue = revenue / 2")
    batch = publish_now().directory
    asked = sql.replace("2026-08-03 01:00:00", f"{then}")
    with duckdb.connect(str(batch / "marts.duckdb"), read_only=True) as connection:
        answers = connection.execute(asked).fetchall()
    assert sum(revenue_then for _, revenue_then, _ in answers) > 0
    for _, revenue_then, revenue_now in answers:
        assert float(revenue_now) == pytest.approx(float(revenue_then) / 2, abs=1e-4)


def test_the_summary_tells_of_months_that_were_over_and_are_told_otherwise(warehouse, publish_now):
    fake_marts.change(
        warehouse.root,
        "insert into marts.channel_performance by name (select * replace ("
        "performance_date - interval 1 month as performance_date) "
        "from marts.channel_performance)",
    )
    publish_now()
    assert "Restated" not in summarize(warehouse), "nothing was told before"
    publish_now()
    assert "Restated" not in summarize(warehouse)
    fake_marts.change(
        warehouse.root,
        "update marts.channel_performance set revenue = revenue / 2",
        "update marts.channel_performance set spend = spend + 1 "
        "where performance_date < '2026-07-01'",
    )
    publish_now()
    (section,) = [text for text in summarize(warehouse).split("\n\n") if "Restated" in text]
    newest, *_, oldest = section.splitlines()
    assert newest.startswith("Restated   2026-08: purchases"), "September is not over"
    assert oldest.strip().startswith("2026-06: purchases"), oldest
    figures = re.findall(r"[\d.]+", oldest.replace(",", "").split(": ")[1])
    revenue_then, revenue, spend_then, spend = map(float, figures)
    assert revenue == pytest.approx(revenue_then / 2, abs=0.01)
    assert spend > spend_then > 0


def test_the_audit_reads_the_history_and_keeps_it_from_shrinking(warehouse, publish_now):
    first = publish_now(auditor=run_audit).directory
    for mart in ("channel_performance", "campaign_performance"):
        fake_marts.change(warehouse.root, f"update marts.{mart} set new_customers = 0")
    second = publish_now(auditor=run_audit).directory
    assert len(moments(second)) == 2
    third = publish_now(auditor=run_audit, marts=["orders"]).directory
    assert set(warehouse.current()["marts"]) == {"orders", "channel_reports"}
    assert moments(third) == moments(second), "what is not told anew stays told"
    for batch in (first, second, third):
        (batch / "channel_reports.parquet").unlink()
    with pytest.raises(PublishError, match="the history only grows"):
        publish_now(auditor=run_audit)


def test_a_history_that_cannot_be_read_is_taken_from_the_batch_before_or_told(
    warehouse, publish_now, caplog
):
    before = publish_now().directory
    told = moments(before)
    torn = publish_now().directory / "channel_reports.parquet"
    tear(torn)
    after = publish_now().directory
    assert moments(after) == told
    assert "cannot be read, an older batch is asked" in caplog.text
    tear(before / "channel_reports.parquet")
    tear(after / "channel_reports.parquet")
    with pytest.raises(PublishError, match="put a copy of it back"):
        publish_now()


def tear(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(b"torn")


def test_a_clock_that_ran_ahead_and_was_set_right_does_not_stop_publishing(warehouse, publish_now):
    ahead = publish_now(auditor=run_audit).directory
    file = ahead / "channel_reports.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "create table later as select * replace (reported_from + interval 2 day as "
            "reported_from) from read_parquet($1)",
            [str(file)],
        )
        file.chmod(0o644)
        connection.table("later").write_parquet(str(file))
    for mart in ("channel_performance", "campaign_performance"):
        fake_marts.change(warehouse.root, f"update marts.{mart} set new_customers = 0")
    batch = publish_now(auditor=run_audit).directory
    first, second = moments(batch)
    assert second - first == timedelta(milliseconds=1)


def test_a_folder_with_a_quote_in_its_name_has_a_history_too(tmp_path):
    root = tmp_path / "it's"
    fake_marts.build(root)
    for _ in range(2):
        assert main(["--warehouse", str(root), "publish", "--no-backup"]) == PUBLISHED


def test_a_brand_without_channels_has_no_reports(warehouse, publish_now):
    publish_now(marts=["orders"])
    assert set(warehouse.current()["marts"]) == {"orders"}
