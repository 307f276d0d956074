"""What one customer does moves what channels weigh, and so the credits of all the others."""

from __future__ import annotations

from pathlib import Path

from ingestion.loading import run as load
from ingestion.warehouse import Warehouse
from tests.warehouse import worlds
from tests.warehouse.worlds import query

MANIFEST = """
files:
  - name: journeys
    path: "*.csv"
    shape: touches
    columns: {customer: who, occurred_at: at, channel: channel, event: what, value: value}
"""
HEADER = "who,at,channel,what,value\n"
FIRST = """\
ann,2026-07-01 10:00:00,sms,touch,
ann,2026-07-02 10:00:00,store,touch,
ann,2026-07-03 10:00:00,,purchase,100
"""
LATER = """\
ben,2026-07-01 10:00:00,sms,touch,
ben,2026-07-02 10:00:00,,purchase,100
cy,2026-07-01 10:00:00,store,touch,
"""
CREDITS = """
    select attribution_model, channel, credit from marts.touchpoint_credits
    where channel in ('sms', 'store') order by all
"""


def test_a_new_path_moves_the_credits_of_customers_that_it_does_not_touch(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text(MANIFEST, encoding="utf-8")
    worlds.empty_warehouse(tmp_path)
    for name, rows in {"first": FIRST, "later": LATER}.items():
        (tmp_path / f"{name}.csv").write_text(HEADER + rows, encoding="utf-8")
        load(Warehouse(tmp_path), [tmp_path / "manifest.yml"], lambda _: None)
        worlds.dbt(tmp_path, "run", "--select", "+touchpoint_credits", "--exclude", "staging")
        if name == "first":
            alone = query(tmp_path, CREDITS)
            built = worlds.generations(tmp_path)
    added = query(tmp_path, CREDITS)
    assert worlds.generations(tmp_path) == built
    assert ("markov_1", "sms", 0.5) in alone
    # without sms 1/6 of the journeys convert, without the store 1/3, of 2/3: effects 3/4 and 1/2
    expected = [("sms", 0.6), ("sms", 1.0), ("store", 0.4)]
    found = [(channel, round(credit, 9)) for model, channel, credit in added if model == "markov_1"]
    assert found == expected
    worlds.dbt(tmp_path, "run", "--full-refresh", "--select", "touchpoint_credits")
    assert query(tmp_path, CREDITS) == added
