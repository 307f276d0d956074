"""Any rule of the grammar finds whom it words, and nothing but a rule comes through.

OMNITOUCH_TEST_SEGMENT_WORLDS raises how many worlds the rules are judged on.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.segments import oracle
from tests.segments.oracle import Acts, Condition, Rule
from tests.warehouse import worlds

RULES = 1000
WORLDS = int(os.environ.get("OMNITOUCH_TEST_SEGMENT_WORLDS", "6"))
START = date(2026, 7, 1)
TYPES = ("view_item", "purchase", "video_view", "message_sent")
CHANNELS = ("douyin_ads", "sms", "store")
PLACES = ("online", "in store", "offline")
WORDS = ("护理 guide", "and or 30d", "会员日")
FIELDS = ("duration_seconds", "net_revenue")
FIGURES = (None, Decimal("0"), Decimal("30"), Decimal("30.5"), Decimal("99.99"))
TABLES = """
    create schema intermediate;
    create schema seeds;
    create table intermediate.int_customers_touched (customer_id varchar, touched_seq bigint);
    create table intermediate.int_segment_acts (
        customer_id varchar, event_type varchar, channel varchar, is_on_site boolean,
        store_id varchar, words varchar, duration_seconds decimal(18, 4), score decimal(18, 4),
        points decimal(18, 4), amount decimal(18, 4), item_count decimal(18, 4),
        gross_revenue decimal(18, 4), net_revenue decimal(18, 4), occurred_at timestamp,
        occurred_date date, place varchar
    );
"""


def drawn_acts(chance: random.Random) -> Acts:
    bounded = chance.random() < 0.2
    return Acts(
        types=tuple(chance.sample((*TYPES, *TYPES, "any"), chance.choice((1, 1, 1, 2)))),
        channels=tuple(chance.sample((*CHANNELS, "site"), chance.choice((0, 0, 0, 1, 2)))),
        place=chance.choice(("", "", "", "online", "in store")),
        about=chance.choice(("", "", "", "", "护理", "GUIDE", "and or")),
        bound=(
            (chance.choice(FIELDS), chance.choice(list(oracle.STANDS)), drawn_bound(chance))
            if bounded
            else None
        ),
    )


def drawn_bound(chance: random.Random) -> Decimal:
    return Decimal(chance.choice(("0", "30", "30.5", "61.0001", "-1")))


def drawn_condition(chance: random.Random) -> Condition:
    measure = chance.choice(("count", "count", "count", "days", "sum", "streak_days"))
    window: Any = chance.choice((1, 2, 3, 5, oracle.HORIZON - 2, "ever"))
    operator, bound, field = chance.choice(list(oracle.STANDS)), Decimal(chance.randint(0, 3)), ""
    if measure == "count" and chance.random() < 0.4:
        window = drawn_acts(chance)
    elif measure == "streak_days":
        window, operator, bound = chance.randint(1, 6), ">=", Decimal(chance.randint(1, 3))
    elif measure == "sum":
        bound, field = drawn_bound(chance), chance.choice(FIELDS)
    return Condition(measure, drawn_acts(chance), window, operator, bound, field)


def drawn_rules() -> dict[str, Rule]:
    chance = random.Random(20260701)
    return {
        f"s{number}": [
            [drawn_condition(chance) for _ in range(chance.choice((1, 2, 2, 3)))]
            for _ in range(chance.choice((1, 1, 1, 2)))
        ]
        for number in range(RULES)
    }


def entry(segment: str, rule: str) -> dict[str, str]:
    return {"segment": segment, "name_zh": "分群", "action": "call", "rule": rule}


def text_of(rule: Rule) -> str:
    return " or ".join(" and ".join(each.text() for each in group) for group in rule)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the two dictionaries, and acts of nobody."""
    directory = tmp_path_factory.mktemp("segments")
    with duckdb.connect(str(directory / "omnitouch.duckdb")) as database:
        database.execute(TABLES)
        for seed in ("event_types", "channels"):
            path = worlds.PROJECT / "seeds" / f"{seed}.csv"
            database.execute(f"create table seeds.{seed} as from read_csv('{path}')")
    return directory


def compiled(warehouse: Path, *entries: Any) -> str:
    """The SQL of int_segment_stays for these segments."""
    variables = ("--vars", json.dumps({"segments": list(entries)}))
    worlds.dbt(warehouse, "compile", "--select", "int_segment_stays", settings=variables)
    return next((warehouse / "target").rglob("compiled/**/int_segment_stays.sql")).read_text()


@pytest.fixture(scope="module")
def judge(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the rules of all segments as one view of the acts."""
    rules = drawn_rules()
    sql = compiled(warehouse, *(entry(name, text_of(rule)) for name, rule in rules.items()))
    # one scan, however many rules there are
    assert sql.count("int_segment_acts") == 1
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        database.execute("set threads = 1")
        database.execute(f"create or replace view stays as {sql}")
        yield database


@st.composite
def acts_of_customers(draw: st.DrawFn) -> list[oracle.Act]:
    return [
        {
            "customer_id": f"c{draw(st.integers(0, 3))}",
            "event_type": draw(st.sampled_from(TYPES)),
            "channel": draw(st.sampled_from(CHANNELS)),
            "is_on_site": draw(st.booleans()),
            "place": draw(st.sampled_from(PLACES)),
            "words": draw(st.sampled_from((None, *WORDS))),
            "duration_seconds": draw(st.sampled_from(FIGURES)),
            "net_revenue": draw(st.sampled_from(FIGURES)),
            "occurred_date": (day := START + timedelta(days=draw(st.integers(0, 9)))),
            "occurred_at": oracle.at(day, draw(st.sampled_from((0, 12, 23)))),
        }
        for _ in range(draw(st.integers(20, 40)))
    ]


@settings(
    max_examples=WORLDS,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(acts=acts_of_customers())
def test_a_rule_finds_whom_it_words(
    judge: duckdb.DuckDBPyConnection, acts: list[oracle.Act]
) -> None:
    roles = dict(judge.execute("select event_type, touch_role from seeds.event_types").fetchall())
    frame = pd.DataFrame(acts)  # noqa: F841
    judge.execute("delete from intermediate.int_segment_acts")
    judge.execute("insert into intermediate.int_segment_acts by name from frame")
    found = sorted(
        judge.execute("select segment, customer_id, entered_on, left_on from stays").fetchall(),
        key=str,
    )
    expected = sorted(
        (
            (name, customer, *stay)
            for name, rule in drawn_rules().items()
            for customer in {act["customer_id"] for act in acts}
            for stay in oracle.stays(
                rule, [act for act in acts if act["customer_id"] == customer], roles
            )
        ),
        key=str,
    )
    differing = sorted({row[0] for row in set(found) ^ set(expected)})
    assert found == expected, [(name, text_of(drawn_rules()[name])) for name in differing[:3]]
    assert len({row[0] for row in found}) > RULES / 10


COUNT = "count(view_item, 30d) >= 1"
HOSTILE = {
    "a quote ends the text": ("count(view_item about '' or 1; --', 3d) >= 1", "names no acts"),
    "a quote in the text": ("count(view_item about 'it''s', 3d) >= 1", "names no acts"),
    "a comment": ("count(view_item, 3d) >= 1 -- or more", "write measure"),
    "another comment": ("count(view_item /* , 9d */, 3d) >= 1", "names no acts"),
    "braces": ("count({{ env_var('HOME') }}, 3d) >= 1", "names no acts"),
    "a block": ("count(view_item, 3d) >= {% do run_query('select 1') %}", "write measure"),
    "a second statement": ("count(view_item, 3d) >= 1; drop table orders", "write measure"),
    "a query": ("count((select 1), 3d) >= 1", "names no acts"),
    "an unknown measure": ("median(view_item, 3d) >= 1", "median is no measure"),
    "an unknown event": ("count(page_view, 3d) >= 1", "page_view is no event type"),
    "a Chinese event": ("count(浏览, 3d) >= 1", "names no acts"),
    "an unknown channel": ("count(view_item on tiktok, 3d) >= 1", "tiktok is no channel"),
    "an unknown field": ("sum(price of purchase, 3d) >= 1", "price is no field"),
    "an unknown bound": ("count(purchase with price > 3, 3d) >= 1", "price is no field"),
    "a huge number": (f"count(view_item, 3d) >= {'9' * 40}", "write measure"),
    "a huge window": ("count(view_item, 3651d) >= 1", "'3651d' is no window of count"),
    "no days": ("count(view_item, 0d) >= 1", "'0d' is no window of count"),
    "no window": ("count(view_item) >= 1", "write measure"),
    "days since": ("days(view_item, since last purchase) >= 1", "no window of days"),
    "a streak of ever": ("streak_days(view_item, ever) >= 3", "no window of streak_days"),
    "a streak below": ("streak_days(view_item, 3d) < 3", "at least so many"),
    "a sum of nothing": ("sum(purchase, 3d) >= 1", "is of a field"),
    "a count of a field": ("count(net_revenue of purchase, 3d) >= 1", "is of a field"),
    "not a number": ("count(view_item, 3d) >= nan", "write measure"),
    "brackets": (f"({COUNT}) and ({COUNT})", "write measure"),
    "nothing": (" ", "write measure"),
    "a null byte": ("count(view_item\0, 3d) >= 1", "must be a text that matches"),
}


@pytest.mark.parametrize(("rule", "message"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_rule_is_refused_with_what_to_write(
    rule: str, message: str, warehouse: Path
) -> None:
    with pytest.raises(AssertionError, match=r"segment hostile .*docs/segments\.md") as refused:
        compiled(warehouse, entry("good", COUNT), entry("hostile", rule))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"segment": "a'b"}, "segment: 'a'b' must be a text"),
        ({"segment": "good"}, "the name stands twice"),
        ({"name_zh": "它's"}, "name_zh"),
        ({"action": "call them"}, "action"),
        ({"rule": 7}, "rule: '7' must be a text"),
        ({"window": "30d"}, "its fields must be"),
    ],
)
def test_an_entry_that_is_none_is_refused(
    wrong: dict[str, Any], message: str, warehouse: Path
) -> None:
    with pytest.raises(AssertionError, match=message):
        compiled(warehouse, entry("good", COUNT), {**entry("other", COUNT), **wrong})


def test_a_text_is_a_literal(warehouse: Path) -> None:
    about = "1 or 1  and 护理-v2.0 select_from"
    rule = f"count(view_item about '{about}', 3d) >= 1 AND\ncount(purchase,  3d) = 0"
    sql = compiled(warehouse, entry("literal", rule))
    # as it is, with both blanks
    assert f"'{about.lower()}'" in sql


def test_the_shipped_rules_are_rules(warehouse: Path) -> None:
    """Every word of them is in the dictionaries, which are there."""
    worlds.dbt(warehouse, "compile", "--select", "int_segment_stays", settings=())


def test_the_page_names_every_segment_and_every_field() -> None:
    page = (worlds.PROJECT / "docs" / "segments.md").read_text(encoding="utf-8")
    project = yaml.safe_load((worlds.PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    macro = (worlds.PROJECT / "macros" / "segments" / "segment_acts_watched.sql").read_text()
    fields = re.findall(r"'(\w+)'", macro.partition("macro segment_fields()")[2])
    assert len(fields) > 3
    for word in (*fields, *(entry["segment"] for entry in project["vars"]["segments"])):
        assert f"`{word}`" in page, word
