"""The sample brand's marts against its truth, which no model ever reads."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import duckdb
import networkx as nx
import pandas as pd
import pytest

from expectations.reported import REPORTS
from tests.identity import quality
from tests.warehouse import worlds
from tests.warehouse.worlds import query

# Sixty days have no third month and too few weeks of spend; effects are fitted by a command.
EMPTY_IN_A_SHORT_TIME = {"customer_cohorts", "budget_suggestions", "channel_effects"}


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("brand")
    worlds.write_world(directory, people=4000, days=60, seed=21)
    worlds.dbt(directory, "build", "--exclude", "resource_type:unit_test", settings=())
    return directory


@pytest.fixture(scope="module")
def truth(brand: Path) -> dict:
    return json.loads((brand / "truth" / "truth.json").read_text(encoding="utf-8"))


def test_orders_revenue_and_refunds_are_the_true_ones(brand: Path, truth: dict) -> None:
    found = query(
        brand,
        """
        select
            source,
            sum(gross_revenue) filter (where order_kind = 'sale' and paid_at is not null),
            sum(refunded_revenue),
            sum(net_revenue),
            count(*) filter (where order_kind = 'sale' and paid_at is not null)
        from marts.orders group by source
        """,
    )
    assert len(found) == 3
    for source, gross, refunded, net, sales in found:
        assert gross == Decimal(truth["gross_fen"][source]) / 100
        assert refunded == Decimal(truth["refunded_fen"][source]) / 100
        assert net == Decimal(truth["net_fen"][source]) / 100
        assert sales == truth["conversions"][source]


def test_purchases_are_worth_what_truly_stayed_paid(brand: Path, truth: dict) -> None:
    """What tills took back is taken off the sale that it was of, as refunds are."""
    found = query(
        brand,
        "select source, count(*), sum(conversions.revenue) "
        "from marts.conversions inner join marts.orders using (order_id) "
        "where conversion_type = 'purchase' group by source",
    )
    # cancelled orders are no purchases
    tills = {source: figures for source, *figures in found}["pos_receipts"]
    assert tills[0] == truth["conversions"]["pos_receipts"]
    for source, _, revenue in found:
        assert revenue == pytest.approx(truth["net_fen"][source] / 100, abs=0.005), source


def test_no_join_compares_everything_with_everything(brand: Path) -> None:
    """DuckDB does where an outer join has a condition on one side alone: right, and quadratic."""
    found = {}
    with duckdb.connect(str(brand / "omnitouch.duckdb"), read_only=True) as database:
        for path in (brand / "target" / "compiled" / "omnitouch" / "models").rglob("*.sql"):
            if path.parent.suffix != ".yml":
                ((_, plan),) = database.execute(
                    f"explain (format json) {path.read_text()}"
                ).fetchall()
                found[path.stem] = [join for root in json.loads(plan) for join in _compared(root)]
    assert len(found) > 250
    assert {model: joins for model, joins in found.items() if joins} == {}


def _compared(node: dict) -> list[str]:
    """The joins of a plan that compare each row with each, but for those with a seed."""
    found = [join for child in node["children"] for join in _compared(child)]
    if node["name"].strip() == "BLOCKWISE_NL_JOIN":
        is_outer = node["extra_info"]["Join Type"] != "INNER"
        if all(_reads_tables(child, or_steps=is_outer) for child in node["children"]):
            found.append(node["extra_info"]["Condition"])
    return found


def _reads_tables(node: dict, *, or_steps: bool) -> bool:
    """Whether it reads what is no seed, or a step of the query of which the plan tells no more."""
    table = node["extra_info"].get("Table", "")
    is_step = or_steps and node["name"].strip() in ("CTE_SCAN", "DELIM_SCAN")
    return (
        is_step
        or (table != "" and ".seeds." not in table)
        or any(_reads_tables(child, or_steps=or_steps) for child in node["children"])
    )


def test_spend_is_the_last_restatement(brand: Path, truth: dict) -> None:
    found = dict(query(brand, "select channel, sum(spend) from marts.ad_performance group by 1"))
    assert found == {
        channel: sum(map(Decimal, days.values())) for channel, days in truth["spend"].items()
    }


def test_every_planted_trap_is_found(brand: Path, truth: dict) -> None:
    counts = truth["counts"]
    ((duplicates,),) = query(brand, "select sum(rows_duplicate) from marts.load_accounting")
    taobao_twice = (
        counts["taobao_records"] - query(brand, "select count(*) from raw.taobao_trades")[0][0]
    )
    assert duplicates == (
        counts["duplicate_events"]
        + counts["ocean_clicks_repeated"]
        + counts["wechat_callbacks_repeated"]
        + taobao_twice
    )
    excluded = dict(
        query(
            brand,
            "select exclusion_reason, count(*) from marts.events "
            "where exclusion_reason is not null group by 1",
        )
    )
    # every opening of the mini program is told twice, and some scans
    assert excluded.pop("duplicate") == counts["scans_that_led_to_following"] + sum(
        count
        for count, reason in query(
            brand,
            "select count(*), exclusion_reason from marts.events "
            "where raw_event = '$MPLaunch' group by 2",
        )
        if reason is None
    )
    assert excluded == {
        "bot": counts["bot_events"],
        "internal": counts["office_events"],
        "test": counts["test_project_events"],
    }
    ((unmapped,),) = query(brand, "select sum(event_count) from marts.unmapped_events")
    assert unmapped == truth["sensors_events"]["活动大转盘"]
    ((at_2330,),) = query(
        brand,
        "select count(*) from marts.orders where source = 'taobao_trades' "
        "and strftime(paid_at + interval 8 hour, '%H:%M') = '23:30' "
        "and order_date = cast(paid_at + interval 8 hour as date)",
    )
    assert at_2330 == truth["taobao_paid_at_2330"]


@pytest.mark.parametrize("topic", ["journeys", "operations", "attribution", "spend"])
def test_the_queries_that_show_how_marts_are_read_have_an_answer(brand: Path, topic: str) -> None:
    # what publishing makes is asked in tests/publish
    queries = [sql for sql in _queries_of(topic) if REPORTS.name not in sql]
    assert len(queries) > 4
    for sql in queries:
        answer = query(brand, f"set schema = 'marts'; {sql}")
        assert answer or _marts_asked([sql]) & EMPTY_IN_A_SHORT_TIME, sql


@pytest.mark.parametrize("topic", ["journeys", "operations"])
def test_every_mart_is_shown_by_a_query(topic: str) -> None:
    folder = worlds.PROJECT / "models" / "marts" / topic
    assert _marts_asked(_queries_of(topic)) >= {path.stem for path in folder.glob("*.sql")}


def _queries_of(topic: str) -> list[str]:
    page = (worlds.PROJECT / "docs" / f"{topic}.md").read_text(encoding="utf-8")
    return re.findall(r"```sql\n(.*?)```", page, re.S)


def _marts_asked(queries: list[str]) -> set[str]:
    return set(re.findall(r"^from (\w+)", "\n".join(queries), re.M))


def test_the_queries_on_customers_have_an_answer(brand: Path) -> None:
    page = (worlds.PROJECT / "docs" / "customers.md").read_text(encoding="utf-8")
    ((member,),) = query(
        brand,
        "select max_by(identifier_value, observation_count) from marts.customer_identifiers "
        "where identifier_type = 'member_id'",
    )
    queries = re.findall(r"```sql\n(.*?)```", page, re.S)
    assert len(queries) > 4
    answers = {
        sql: query(brand, f"set schema = 'marts'; {sql.replace('M000001', member)}")
        for sql in queries
    }
    # of this one person
    assert [len(rows) > 3 for sql, rows in answers.items() if "M000001" in sql] == [True, True]


def test_one_interest_event_for_douyin_and_taobao(brand: Path) -> None:
    found = query(
        brand,
        "select distinct source, raw_event from marts.events "
        "where event_type = 'view_item' and source in ('douyin', 'taobao')",
    )
    assert set(found) == {("douyin", "商品点击"), ("taobao", "宝贝浏览")}


@pytest.fixture(scope="module")
def people(brand: Path) -> pd.DataFrame:
    """The identifiers that records name, whose they are, how many they have, which customer."""
    return owned_identifiers(brand)


def owned_identifiers(brand: Path) -> pd.DataFrame:
    joined = quality.true_owners(brand).merge(quality.groupings(brand), on=quality.KEY)
    joined["owners"] = joined.groupby(quality.KEY)["person_id"].transform("nunique")
    return joined.rename(columns={quality.WHOLE: "customer_id"})


def member_customers(people: pd.DataFrame) -> dict[int, str]:
    """The customer that holds each person's member id."""
    members = people[people["identifier_type"] == "member_id"]
    return dict(zip(members["person_id"], members["customer_id"], strict=True))


def test_customers_are_people(brand: Path) -> None:
    measured = quality.measured(brand)
    ours, without = measured[quality.WHOLE], measured[quality.WITHOUT_RULES]
    assert ours.precision >= 0.96
    assert ours.b_cubed_precision >= 0.96
    assert without.recall - ours.recall <= 0.01
    assert without.b_cubed_recall - ours.b_cubed_recall <= 0.01
    assert ours.customers_with_two_member_ids == 0
    assert ours.largest_customer < 40
    # without rules tablets and tills join hundreds
    assert without.precision < 0.5
    assert without.customers_with_two_member_ids > 0
    assert without.largest_customer > 300


def test_what_is_likely_is_true_that_often(brand: Path) -> None:
    tenths = quality.calibration(brand)
    for method in ("customers of matches", "devices of matches", "members held out"):
        its = [tenth for tenth in tenths if tenth.method == method]
        assert sum(tenth.pairs for tenth in its) > 100
        assert quality.calibration_error(its) < 0.08
        assert quality.share_of_true(its, 0.8) > 0.9


def test_a_match_joins_nobody_who_is_somebody(brand: Path) -> None:
    ((members,),) = query(
        brand,
        "select count(*) from marts.customer_matches inner join marts.customer_identifiers "
        "using (customer_id) where identifier_type = 'member_id'",
    )
    assert members == 0
    ((chains,),) = query(
        brand,
        "select count(*) from marts.customer_matches as one inner join marts.customer_matches "
        "as other on one.likely_customer_id = other.customer_id",
    )
    assert chains == 0


def test_believing_likely_matches_moves_credit_between_channels_and_makes_none(brand: Path) -> None:
    found = query(
        brand,
        "select attribution_model, sum(conversions), sum(likely_conversions), sum(revenue), "
        "sum(likely_revenue), sum(abs(likely_conversions - conversions)) "
        "from marts.channel_performance where likely_conversions is not null group by 1",
    )
    assert len(found) == 11
    for model, conversions, likely_conversions, revenue, likely_revenue, moved in found:
        assert likely_conversions == pytest.approx(conversions, abs=1e-6), model
        assert likely_revenue == pytest.approx(revenue, abs=1e-3), model
        assert moved > 1, model


def test_phones_that_tills_type_join_nobody(brand: Path, truth: dict) -> None:
    found = quality.groupings(brand)
    typed = found[found["identifier_value"].isin(map(quality.phone_token, truth["default_phones"]))]
    assert len(typed) == 2
    beside = found[found[quality.WHOLE].isin(typed[quality.WHOLE])]
    assert set(beside["identifier_type"]) <= {"phone", "phone_md5", "phone_sha256"}
    # one of them stands in no list
    rules = query(
        brand,
        "select distinct rejected_by from intermediate.int_identifier_links_judged "
        f"where strong_type = 'member_id' and weak_id in ({ids(typed)})",
    )
    assert set(rules) == {("blocked_value",), ("shared",)}


def test_each_of_a_couple_keeps_the_own_identifiers(people: pd.DataFrame, truth: dict) -> None:
    customer = member_customers(people)
    handed_on = {quality.phone_token(entry["phone"]) for entry in truth["recycled_phones"]}
    shared = people[(people["owners"] == 2) & ~people["identifier_value"].isin(handed_on)]
    partner = {}
    for _, both in shared.groupby(quality.KEY)["person_id"]:
        one, other = both
        partner |= {one: other, other: one}
    couples = {
        one: other for one, other in partner.items() if one in customer and other in customer
    }
    assert len(couples) > 6
    assert all(customer[one] != customer[other] for one, other in couples.items())
    own = people[(people["owners"] == 1) & people["person_id"].isin(couples)]
    theirs = own["person_id"].map(customer) == own["customer_id"]
    partners = own["person_id"].map(couples).map(customer) == own["customer_id"]
    # an ad click may be all that leads to a phone, and it landed on the partner's
    assert theirs.sum() > 10 * partners.sum()
    assert theirs.sum() > 25


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days enough for a carrier to let a number rest before somebody else has it."""
    directory = tmp_path_factory.mktemp("half_a_year")
    worlds.empty_warehouse(directory)
    worlds.write_world(directory, people=400, days=190, seed=5)
    worlds.dbt(directory, "run", "--select", "+int_identifiers_resolved", "--exclude", "staging")
    return directory


def test_a_recycled_phone_is_its_last_owners(half_a_year: Path) -> None:
    told = json.loads((half_a_year / "truth" / "truth.json").read_text(encoding="utf-8"))
    people = owned_identifiers(half_a_year)
    customer = member_customers(people)
    phones = people[people["identifier_type"] == "phone"]
    found = dict(zip(phones["identifier_value"], phones["customer_id"], strict=True))
    recycled = {quality.phone_token(entry["phone"]): entry for entry in told["recycled_phones"]}
    assert len(recycled) == 2
    for phone, entry in recycled.items():
        first, last = (customer[person] for person in entry["person_ids"])
        assert found[phone] == last != first
    listed = phones[phones["identifier_value"].isin(recycled)]
    rules = query(
        half_a_year,
        "select rejected_by, count(*) from intermediate.int_identifier_links_judged "
        f"where strong_type = 'member_id' and weak_id in ({ids(listed)}) group by 1",
    )
    assert dict(rules) == {"expired": 2, None: 2}


def test_half_a_year_of_customers_are_people(half_a_year: Path) -> None:
    measured = quality.measured(half_a_year)
    ours = measured[quality.WHOLE]
    assert ours.precision >= 0.96
    assert measured[quality.WITHOUT_RULES].recall - ours.recall <= 0.01
    assert ours.customers_with_two_member_ids == 0


def ids(frame: pd.DataFrame) -> str:
    return ", ".join(str(number) for number in frame["identifier_id"].unique())


def test_components_are_those_of_networkx(brand: Path) -> None:
    links = query(
        brand,
        "select strong_id, weak_id from intermediate.int_identifier_links_judged "
        "where rejected_by is null",
    )
    clusters = dict(query(brand, "from intermediate.int_identifiers_clustered"))
    expected = {
        node: min(component)
        for component in nx.connected_components(nx.Graph(links))
        for node in component
    }
    assert clusters == expected
