"""A small build database whose marts agree with each other, and a manifest that names them."""

import json
from pathlib import Path

import duckdb

WORLD = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

MARTS = (
    *("account_contacts", "accounts", "activity_by_hour", "attribution_intervals"),
    *("channel_combinations", "channel_flow", "channel_sequences", "conversion_times"),
    *("ad_performance", "ad_performance_versions", "campaign_audit", "campaign_performance"),
    *("channel_effects", "channel_performance", "channel_removal_effects"),
    *("channel_shapley_values", "conversion_postings", "conversions", "customer_cohorts"),
    *("budget_suggestions", "model_evaluation", "model_experiments"),
    *("customer_attributes", "customer_changes", "customer_consents"),
    *("customer_identifier_history", "customer_identifiers", "customer_tags", "customers"),
    "customer_profiles",
    *("customer_matches", "match_calibration"),
    *("customer_rfm", "customer_scores", "customer_value", "score_evaluations"),
    *("events", "identifier_links", "identity_health", "journey_paths", "load_accounting"),
    *("journey_break_points", "journey_funnel", "key_behaviours", "nurture_cycle"),
    "online_to_offline",
    *("order_items", "orders", "platform_reconciliation", "recent_activities"),
    *("referrals", "segment_members"),
    *("sessions", "touchpoint_credits", "touchpoints"),
    "unmapped_events",
    *("banner_performance", "coupon_performance", "creative_performance", "experiment_readouts"),
    *("form_performance", "kpi_progress", "lead_followups", "lead_funnel", "message_performance"),
)

# What a brand without ads has no rows of, and what its other marts then say.
OF_ADS = (
    *("ad_performance", "ad_performance_versions", "creative_performance"),
    "platform_reconciliation",
)
NOTHING_SPENT = [
    f"update marts.{mart} set spend = 0"
    for mart in ("campaign_audit", "campaign_performance", "channel_performance")
]


def build(root: Path, people: int = 60, events_each: int = 30, also: tuple[str, ...] = ()) -> None:
    """Write omnitouch.duckdb and target/manifest.json under a warehouse directory.

    `also` names marts beyond MARTS, such as channels.
    """
    root.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(root / "omnitouch.duckdb")) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(WORLD.format(people=people, events_each=events_each))
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind in connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() "
            "where schema_name = 'marts'"
        ).fetchall():
            columns.setdefault(table, {})[column] = kind.lower().replace("varchar", "string")
    (root / "target").mkdir(exist_ok=True)
    nodes = {
        f"model.omnitouch.{mart}": {
            "name": mart,
            "alias": mart,
            "schema": "marts",
            "resource_type": "model",
            "fqn": ["omnitouch", "marts", "core", mart],
            "description": f"One row per {mart}: the brand's own",
            "columns": {
                column: {"name": column, "data_type": kind, "description": f"{column} of {mart}"}
                for column, kind in columns[mart].items()
            },
        }
        for mart in (*MARTS, *also)
    }
    nodes["model.omnitouch.stg_events"] = {
        "name": "stg_events",
        "resource_type": "model",
        "fqn": ["omnitouch", "staging", "sensors", "stg_events"],
    }
    (root / "target" / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")


def change(root: Path, *statements: str) -> None:
    """Run SQL on the build database, as a bad build would."""
    with duckdb.connect(str(root / "omnitouch.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)


def empty(root: Path, *marts: str) -> None:
    """Leave marts without a row."""
    change(root, *(f"delete from marts.{mart}" for mart in marts))
