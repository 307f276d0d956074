"""Does Great Expectations accept good marts, and tell what is wrong with bad ones?"""

import json
import re
import socket
from pathlib import Path

import duckdb
import fake_marts
import pytest

from expectations.__main__ import BLOCKED, NOT_RUN, PUBLISHED, main
from expectations.audit import SUITES, run_audit
from expectations.export import export_from_duckdb
from expectations.marts import read_marts
from expectations.publish import AuditBlockedError, publish
from expectations.reported import REPORTS
from ingestion.warehouse import Warehouse

# What a bad build did, the mart and the expectation that must say so, and figures it must show.
BREACHES = {
    "a credit was doubled": (
        "update marts.touchpoint_credits set credit = 2 * credit "
        "where attribution_model = 'linear'",
        ("FAILED", "touchpoint_credits", "sum to 1", "credit 2"),
    ),
    "revenue was credited twice": (
        "update marts.touchpoint_credits set revenue = revenue * 2",
        ("FAILED", "touchpoint_credits", "what purchases are worth", "revenue_of_purchases"),
    ),
    "a sale was booked short": (
        "update marts.conversion_postings set amount = amount - 1 "
        "where posting_kind = 'conversion'",
        ("FAILED", "conversions", "Each paid order that was a sale is a purchase", "booked"),
    ),
    "a purchase is worth more than its order": (
        "update marts.conversions set revenue = revenue + 300",
        ("FAILED", "conversions", "Each paid order that was a sale is a purchase"),
    ),
    "a return was not taken off": (
        "update marts.orders set refunded_revenue = 81, net_revenue = -81 "
        "where order_kind = 'return'",
        ("FAILED", "conversions", "worth what stayed paid", "kept_revenue"),
    ),
    "more was taken off than came back": (
        "delete from marts.orders where order_kind = 'return'",
        ("FAILED", "conversions", "less no more than came back", "revenue_returned"),
    ),
    "a sale is no conversion": (
        "delete from marts.conversions where conversion_id < '4'",
        ("FAILED", "conversions", "Each paid order that was a sale is a purchase"),
    ),
    "a conversion was never shared out": (
        "update marts.conversions set conversion_id = 'lost' where conversion_id < '4'",
        ("FAILED", "conversions", "credits of every conversion", "lost"),
    ),
    "a session is no touchpoint": (
        "update marts.touchpoints set customer_id = 'stranger'",
        ("FAILED", "touchpoints", "Each session of a customer", "stranger"),
    ),
    "an interval is of another figure": (
        "update marts.attribution_intervals set conversions = conversions + 1",
        ("FAILED", "attribution_intervals", "credits in all what", "conversions_of_interval"),
    ),
    "a budget was made up": (
        "update marts.budget_suggestions set suggested_spend = 900",
        ("FAILED", "budget_suggestions", "within what a channel ever had", "highest_spend 150"),
    ),
    "a budget was raised": (
        "update marts.budget_suggestions set suggested_spend = 140",
        ("FAILED", "budget_suggestions", "is split, not raised"),
    ),
    "a model was judged by other conversions": (
        "update marts.model_evaluation set conversions = conversions + 1",
        ("FAILED", "model_evaluation", "conversions that there are"),
    ),
    "an experiment stands beside another figure": (
        "update marts.model_experiments set conversions_credited = conversions_credited + 1",
        ("FAILED", "model_experiments", "conversions_of_channel"),
    ),
    "a model lost conversions": (
        "delete from marts.touchpoint_credits where attribution_model = 'linear' "
        "and conversion_id < '4'",
        ("FAILED", "touchpoint_credits", "Every attribution model credits the same", "linear"),
    ),
    "an experiment was read before its end": (
        "update marts.experiment_readouts set p_value = 0.01",
        ("FAILED", "experiment_readouts", "Before its planned end", "p_value 0.01"),
    ),
    "a lead is no customer's": (
        "update marts.lead_followups set customer_id = 'stranger'",
        ("FAILED", "lead_followups", "Each lead is of a customer", "stranger"),
    ),
    "a contract came before its opportunity": (
        "update marts.lead_followups set contract_at = captured_at",
        ("FAILED", "lead_followups", "before the one before it"),
    ),
    "a lead was lost on the way": (
        "delete from marts.lead_followups where contract_at is not null",
        ("FAILED", "lead_funnel", "each once", "leads_told"),
    ),
    "a coupon was used that nobody had": (
        "update marts.coupon_performance set redeemed = 21",
        ("FAILED", "coupon_performance", "more coupons used than given", "redeemed 21"),
    ),
    "a creative cost more than its channel": (
        "update marts.creative_performance set spend = spend + 1",
        ("FAILED", "creative_performance", "cost more than its channel", "spend_of_channel"),
    ),
    "more people answered than were reached": (
        "update marts.message_performance set clickers = 41",
        ("FAILED", "message_performance", "more people than were reached", "clickers 41"),
    ),
    "no touchpoint was found": (
        "update marts.touchpoint_credits set touchpoint_id = null",
        ("FAILED", "touchpoint_credits.touchpoint_id", "observed  0", "at least 0."),
    ),
    "spend was lost on the way": (
        "update marts.channel_performance set spend = 0 where channel = 'baidu_sem'",
        ("FAILED", "channel_performance", "whole spend", "spend_of_ads 50,422.5"),
    ),
    "channel revenue was inflated": (
        "update marts.channel_performance set revenue = revenue + 1",
        ("FAILED", "channel_performance", "revenue of touchpoint_credits", "revenue_credited"),
    ),
    "a campaign took another channel's spend": (
        "update marts.campaign_performance set channel = 'sms' "
        "where channel = 'baidu_sem' and spend > 0",
        ("FAILED", "campaign_performance", "sum of its campaigns", "spend_of_channel"),
    ),
    "an audit forgot what was spent": (
        "delete from marts.campaign_audit where channel = 'douyin_ads' and spend > 0",
        ("FAILED", "campaign_audit", "whole spend", "spend_of_ads"),
    ),
    "an audit counted visits twice": (
        "update marts.campaign_audit set touchpoint_count = 2 * touchpoint_count",
        ("FAILED", "campaign_audit", "touchpoint is counted once"),
    ),
    "a customer was won twice": (
        "update marts.customer_cohorts set customer_count = customer_count + 1",
        ("FAILED", "customer_cohorts", "is won once", "customers_who_bought"),
    ),
    "a cohort lost customers on the way": (
        "insert into marts.customer_cohorts select * replace (1 as months_since, 0 as order_count, "
        "0 as revenue, customer_count - 1 as customer_count) from marts.customer_cohorts",
        ("FAILED", "customer_cohorts", "same customers in every month"),
    ),
    "a restated day kept its old figures": (
        "update marts.ad_performance_versions set valid_to = null where version_number = 1",
        ("FAILED", "ad_performance_versions", "known now is ad_performance", "spend_of_ads"),
    ),
    "two versions were known on one day": (
        "update marts.ad_performance_versions set valid_from = valid_from - 1 "
        "where version_number = 2",
        ("FAILED", "ad_performance_versions", "were known on one day"),
    ),
    "a refund was booked twice": (
        "update marts.conversion_postings set amount = 2 * amount where posting_kind = 'refund'",
        ("FAILED", "conversion_postings", "sum to its revenue", "posted"),
    ),
    "likely matches made conversions": (
        "update marts.channel_performance set likely_conversions = likely_conversions + 1",
        ("FAILED", "channel_performance", "Believing likely matches"),
    ),
    "likely matches are a chain": (
        "update marts.customer_matches set likely_customer_id = "
        "(select min(customer_id) from marts.customer_matches)",
        ("FAILED", "customer_matches", "somebody as a part"),
    ),
    "a probability above one": (
        "update marts.customer_matches set probability = 1.2",
        ("FAILED", "customer_matches", "between 0 and 1"),
    ),
    "a share above one": (
        "update marts.match_calibration set observed_share = 1.2",
        ("FAILED", "match_calibration", "between 0 and 1"),
    ),
    "a platform's claims counted twice": (
        "update marts.platform_reconciliation set platform_conversions = platform_conversions * 2",
        ("FAILED", "platform_reconciliation", "all claims of ad_performance", "claims_of_ads 270"),
    ),
    "fen were taken for yuan in spend": (
        "update marts.ad_performance set spend = spend * 1000",
        ("FAILED", "ad_performance", "wrong unit", "spend_per_click"),
    ),
    "an ad report came back empty": (
        "delete from marts.ad_performance",
        ("FAILED", "ad_performance", "No more than 20 %", "at least 216", "observed  0"),
    ),
    "fen were taken for yuan in orders": (
        "update marts.orders set gross_revenue = gross_revenue * 100",
        ("FAILED", "orders.gross_revenue", "factor of five", "between"),
    ),
    "orders vanished": (
        "delete from marts.orders where source = 'taobao_trades'",
        ("FAILED", "orders", "No more than 20 %", "expect_table_row_count_to_be_between"),
    ),
    "customers lost their revenue": (
        "update marts.customers set net_revenue = 0",
        ("FAILED", "customers", "net revenue of all customers", "revenue_of_customers 0"),
    ),
    "nobody was found": (
        "delete from marts.customers",
        ("FAILED", "customers", "there are customers", "events_with_customer"),
    ),
    "an SDK renamed its events": (
        "update marts.events set event_type = null where occurred_at > '2026-07-02'",
        ("FAILED", "events.event_type", "as last time", "at least 0.7", "observed  0."),
    ),
    "sessions never ended": (
        "update marts.sessions set duration_seconds = 1000000",
        ("FAILED", "sessions.duration_seconds", "quantile 0.5 is 1,000,000", "between 0 and 3,600"),
    ),
    "paths counted a conversion twice": (
        "update marts.journey_paths set conversions = conversions * 2",
        ("FAILED", "journey_paths", "no more conversions", "conversions_credited"),
    ),
    "flows lost journeys": (
        "delete from marts.channel_flow where to_channel = '(null)'",
        ("FAILED", "channel_flow", "journeys and conversions of journey_paths", "journeys_walked"),
    ),
    "combinations stand beside another rate": (
        "update marts.channel_combinations set base_rate = base_rate * 2",
        ("FAILED", "channel_combinations", "rate of all journey_paths", "rate_of_paths"),
    ),
    "a journey held its channels in two orders": (
        "update marts.channel_sequences set journeys = journeys * 2",
        ("FAILED", "channel_sequences", "in one order", "journeys_in_any_order"),
    ),
    "a conversion takes no time": (
        "update marts.conversion_times set conversions = conversions - 1",
        ("FAILED", "conversion_times", "takes a time", "conversions_credited"),
    ),
    "more journeys than customers": (
        "update marts.journey_funnel set customers_reached = customers_reached * 2",
        ("FAILED", "journey_funnel", "in the funnel than there are", "customers_reached 120"),
    ),
    "a journey broke off nowhere": (
        "update marts.journey_break_points set customers_broken_off = customers_broken_off - 1",
        ("FAILED", "journey_break_points", "broke off somewhere", "customers_of_funnel"),
    ),
    "orders of a store were lost": (
        "update marts.online_to_offline set acts = acts - 1",
        ("FAILED", "online_to_offline", "all here, whoever bought", "orders_of_stores"),
    ),
    "hours were counted twice": (
        "update marts.activity_by_hour set events = events * 2",
        ("FAILED", "activity_by_hour", "than events tell", "events_counted"),
    ),
    "more leads than customers": (
        "update marts.nurture_cycle set customers = customers * 2",
        ("FAILED", "nurture_cycle", "have a lead than there are", "customers_with_lead 96"),
    ),
    "behaviours of nobody": (
        "update marts.key_behaviours set customers_with = customers_with * 3",
        ("FAILED", "key_behaviours", "compared than there are", "customers 60"),
    ),
    "effects of channels were shared out twice": (
        "update marts.channel_removal_effects set share_of_effect = share_of_effect * 2",
        ("FAILED", "channel_removal_effects", "share its effects out", "share_of_effect 2"),
    ),
    "a Markov model lost conversions": (
        "update marts.channel_removal_effects set conversions = conversions / 2",
        ("FAILED", "channel_removal_effects", "conversions of journey_paths"),
    ),
    "the baseline of effects was lost": (
        "delete from marts.channel_effects where channel = 'baseline'",
        ("FAILED", "channel_effects", "no more and no less", "effect_conversions 2.5"),
    ),
    "a customer has no profile": (
        "delete from marts.customer_profiles where order_count > 0",
        ("FAILED", "customer_profiles", "has a profile"),
    ),
    "orders were scored twice": (
        "update marts.customer_rfm set order_count = order_count * 2",
        ("FAILED", "customer_rfm", "more orders"),
    ),
    "an hour was taken for a day": (
        "update marts.customer_value set expected_purchases = expected_purchases * 24 * 8",
        ("FAILED", "customer_value", "more than once a day", "96"),
    ),
    "strangers were scored": (
        "update marts.customer_scores set customer_id = 'stranger' || customer_id",
        ("FAILED", "customer_scores", "scored is a customer", "stranger"),
    ),
    "a fit that is not published gave probabilities": (
        "update marts.score_evaluations set is_published = false",
        ("FAILED", "customer_scores", "gives probabilities", "purchase_intent"),
    ),
    "a fit was published that is no better than recency": (
        "update marts.score_evaluations set value = 0.7 where contender = 'recency'",
        ("FAILED", "score_evaluations", "better than each baseline", "purchase_intent"),
    ),
    "a negative Shapley value was cut off": (
        "update marts.channel_shapley_values set shapley_value = shapley_value + 0.1",
        ("FAILED", "channel_shapley_values", "sum to the rate", "conversion_rate"),
    ),
    "a partner's attributes lost their legal basis": (
        "update marts.customer_attributes set legal_basis = null",
        ("FAILED", "customer_attributes", "legal basis and its end", "partner_feeds"),
    ),
    "an item was lost": (
        "update marts.order_items set net_revenue = net_revenue + 1",
        ("FAILED", "order_items", "add up to it"),
    ),
    "strangers shared": (
        "update marts.referrals set sharer_customer_id = 'stranger'",
        ("FAILED", "referrals", "Whoever shared", "stranger"),
    ),
    "an account counts contacts that it has not": (
        "update marts.accounts set contact_count = contact_count + 1",
        ("FAILED", "accounts", "count the contacts", "crm:A"),
    ),
    "strangers are in an account": (
        "update marts.account_contacts set customer_id = 'stranger' || customer_id",
        ("FAILED", "account_contacts", "in an account is a customer", "strangers"),
    ),
    "a customer has no primary account": (
        "update marts.account_contacts set is_primary = false",
        ("FAILED", "account_contacts", "one primary account", "primary_accounts"),
    ),
    "tags of nobody": (
        "update marts.customer_tags set customer_id = 'stranger'",
        ("FAILED", "customer_tags", "Whoever has a tag is a customer", "strangers"),
    ),
    "an opt-out was lost": (
        "update marts.customers set can_sms = null",
        ("FAILED", "customer_consents", "what they agreed to", "consents_lost 20"),
    ),
    "an agent reads what somebody else did": (
        "update marts.recent_activities set customer_id = 'stranger' where activity_number = 1",
        ("FAILED", "recent_activities", "of the same customer", "activities_of_others 60"),
    ),
    "buyers are called back": (
        "update marts.segment_members set segment = 'browsed_not_bought'",
        ("FAILED", "segment_members", "has bought since", "paid_at"),
    ),
    "a customer is in a segment twice": (
        "insert into marts.segment_members select * replace "
        "(entered_at + interval 1 day as entered_at) from marts.segment_members",
        ("FAILED", "segment_members", "before the next one begins", "entered_again_at"),
    ),
    "nothing was loaded": (
        "delete from marts.load_accounting",
        ("FAILED", "load_accounting", "Something was loaded", "at least 1", "observed  0"),
    ),
    "most rows were quarantined": (
        "update marts.load_accounting set rows_quarantined = 80",
        ("FAILED", "load_accounting", "is good", "rows_quarantined 7,200"),
    ),
    "a column is gone": (
        "alter table marts.sessions drop column duration_seconds",
        ("ERRORED", "sessions.duration_seconds", "no column duration_seconds"),
    ),
    "a column of a query is gone": (
        "alter table marts.touchpoint_credits drop column credit",
        ("ERRORED", "touchpoint_credits", "sum to 1", "credit"),
    ),
}


def run(warehouse: Warehouse, *arguments: str) -> int:
    return main(["--warehouse", str(warehouse.root), *arguments])


def snapshot(directory: Path) -> dict[str, bytes]:
    """Return every published file but the lock, with its content."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse whose good marts were published once."""
    root = tmp_path_factory.mktemp("published")
    fake_marts.build(root)
    warehouse = Warehouse(root)
    assert run(warehouse, "publish") == PUBLISHED
    return warehouse


def test_good_marts_are_accepted_on_the_first_and_on_the_second_publish(warehouse, capsys):
    assert run(warehouse, "publish") == PUBLISHED
    assert run(warehouse, "publish") == PUBLISHED
    told = capsys.readouterr().out
    assert told.count("all met: accepted") == 2
    published = {*fake_marts.MARTS, REPORTS.name}
    assert {suite.stem for suite in SUITES.glob("*.json")} == published


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_publishes_nothing_and_says_why(breach, published, changed):
    statement, (outcome, place, *figures) = BREACHES[breach]
    mart = place.partition(".")[0]
    suite = (SUITES / f"{mart}.json").read_text(encoding="utf-8")
    asked = {mart, *(name for name in fake_marts.MARTS if re.search(rf"\b{name}\b", suite))}
    before = snapshot(published.published)

    def audit_mart(database: Path, rows: dict[str, int], **options):
        return run_audit(database, {mart: rows[mart]}, **options)

    with changed(published, statement), pytest.raises(AuditBlockedError) as blocked:
        publish(
            published,
            read_marts(published.manifest, asked),
            export_from_duckdb(published.database),
            auditor=audit_mart,
        )
    assert snapshot(published.published) == before
    result = blocked.value.result
    told = [str(finding) for finding in result.blocking if finding.outcome == outcome]
    assert any(
        text.split(": ")[0].split() == [outcome, place]
        and all(figure in text for figure in figures)
        for text in told
    ), str(blocked.value)


def test_a_blocked_run_exits_with_1_and_leaves_its_report(published, changed, capsys):
    before = snapshot(published.published)
    with changed(published, "update marts.touchpoint_credits set credit = credit * 2"):
        assert run(published, "publish") == BLOCKED
    told = capsys.readouterr().err
    assert "FAILED  touchpoint_credits: unexpected_rows_expectation" in told
    assert "1 failed: nothing was published" in told
    assert snapshot(published.published) == before
    report = Path(told.rsplit("report", 1)[1].strip())
    assert "touchpoint_credits" in report.read_text(encoding="utf-8")
    assert "sum to 1" in (report.parent / "verdict.txt").read_text(encoding="utf-8")


def test_an_errored_expectation_is_not_called_failed(published, changed, capsys):
    with changed(published, "alter table marts.sessions drop column duration_seconds"):
        run(published, "publish")
    told = capsys.readouterr().err
    assert "ERRORED sessions.duration_seconds" in told
    assert "FAILED" not in told
    assert "1 errored: nothing was published" in told


def test_a_mart_without_a_suite_is_not_published(tmp_path, capsys):
    fake_marts.build(tmp_path, also=("channels",))
    assert run(Warehouse(tmp_path), "publish") == BLOCKED
    told = capsys.readouterr().err
    assert "ERRORED channels: suite" in told
    assert "suites/channels.json" in told


def test_a_warning_is_told_and_does_not_block(published, changed, capsys):
    statement = "update marts.events set event_type = null where hash(event_id) % 8 = 0"
    with changed(published, statement):
        assert run(published, "publish") == PUBLISHED
    assert "WARNED  events.event_type" in capsys.readouterr().out


def test_fewer_rows_are_accepted_when_told_so(warehouse, publish_now):
    publish_now()
    fake_marts.empty(warehouse.root, *fake_marts.OF_ADS)
    fake_marts.change(warehouse.root, *fake_marts.NOTHING_SPENT)
    assert run(warehouse, "publish", "--allow-shrink") == PUBLISHED


@pytest.mark.parametrize(
    "absent",
    [
        # A brand that declared a touches file and nothing else.
        (
            *fake_marts.OF_ADS,
            *("campaign_audit", "campaign_performance", "channel_performance", "order_items"),
            *("channel_combinations", "channel_flow", "channel_sequences", "conversion_times"),
            "online_to_offline",
            *("attribution_intervals", "channel_removal_effects", "channel_shapley_values"),
            *("conversions", "key_behaviours", "segment_members", "sessions", "touchpoints"),
            *("budget_suggestions", "channel_effects", "model_evaluation", "model_experiments"),
            *("customer_cohorts", "conversion_postings", "orders"),
            *("touchpoint_credits", "unmapped_events", "customer_consents", "recent_activities"),
            *("customer_rfm", "customer_scores", "customer_value", "score_evaluations"),
        ),
        # A brand that declared its spend and nothing else.
        (
            *("account_contacts", "accounts", "customer_matches", "match_calibration"),
            *("customers", "customer_attributes", "customer_identifiers", "customer_tags"),
            *("customer_consents", "recent_activities"),
            *("customer_identifier_history", "identifier_links", "identity_health"),
            *("events", "journey_paths", "order_items", "orders", "referrals"),
            *("activity_by_hour", "channel_combinations", "channel_flow", "channel_sequences"),
            "conversion_times",
            *("journey_break_points", "journey_funnel", "key_behaviours", "nurture_cycle"),
            "online_to_offline",
            *("segment_members", "sessions", "touchpoint_credits", "channel_performance"),
            *("channel_removal_effects", "channel_shapley_values", "unmapped_events"),
            *("attribution_intervals", "conversions", "touchpoints"),
            *("budget_suggestions", "channel_effects", "model_evaluation", "model_experiments"),
            *("campaign_performance", "conversion_postings", "customer_cohorts"),
            *("banner_performance", "coupon_performance", "experiment_readouts"),
            *("form_performance", "kpi_progress", "lead_followups", "lead_funnel"),
            "message_performance",
            *("customer_profiles", "customer_rfm", "customer_scores", "customer_value"),
            "score_evaluations",
        ),
        # A brand without ads.
        fake_marts.OF_ADS,
    ],
    ids=["touches only", "spend only", "no ads"],
)
def test_marts_that_may_be_empty_are_accepted_empty(absent, warehouse, capsys):
    fake_marts.empty(warehouse.root, *absent)
    fake_marts.change(
        warehouse.root,
        *(
            statement
            for mart, statements in {
                "orders": ["update marts.customers set net_revenue = 0"],
                "touchpoint_credits": ["update marts.journey_paths set conversions = 0"],
                "touchpoints": ["update marts.campaign_audit set touchpoint_count = 0"],
                "ad_performance": fake_marts.NOTHING_SPENT,
            }.items()
            if mart in absent
            for statement in statements
        ),
    )
    assert run(warehouse, "publish") == PUBLISHED, capsys.readouterr().err
    assert run(warehouse, "publish") == PUBLISHED, capsys.readouterr().err
    assert run(warehouse, "summary") == PUBLISHED


def test_nothing_runs_without_a_build(tmp_path, warehouse, capsys):
    assert run(Warehouse(tmp_path / "nowhere"), "publish") == NOT_RUN
    assert "run dbt build first" in capsys.readouterr().err
    fake_marts.change(warehouse.root, "drop table marts.orders")
    assert run(warehouse, "publish") == NOT_RUN
    assert "marts.orders is not built" in capsys.readouterr().err


def test_an_audit_calls_nobody(published, monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(socket.socket, "connect", lambda *target: calls.append(target))
    database = published.published / published.current()["database"]
    result = run_audit(database, {"orders": 40}, report=tmp_path / "report")
    assert (result.findings, calls) == ((), [])


def test_suites_are_in_the_format_of_great_expectations():
    for path in SUITES.glob("*.json"):
        suite = json.loads(path.read_text(encoding="utf-8"))
        assert suite["name"] == path.stem
        for expectation in suite["expectations"]:
            assert expectation["description"].endswith("."), path.name
            assert expectation["severity"] in {"critical", "warning"}, path.name


def test_expectations_see_the_candidate_only(published, tmp_path):
    """The audited file is the one that will be published, and the audit leaves it as it is."""
    database = published.published / published.current()["database"]
    before = database.read_bytes()
    run_audit(database, {"orders": 40}, report=tmp_path / "report")
    assert database.read_bytes() == before
    opened = [path.resolve() for path in Path("/proc/self/fd").iterdir()]
    assert database not in opened, "a file left open keeps a removed batch on the disk"
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (
            len(published.current()["marts"]),
        )
