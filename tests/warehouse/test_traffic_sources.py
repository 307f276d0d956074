"""Which channel a visit gets: golden cases through the models and the shipped rules."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pytest

from tests.warehouse import worlds

GOLDEN = Path(__file__).with_name("traffic_sources.csv")
SITE = "https://www.shop.example/"
Visit = dict[str, str]

# Our groups under the names that Google Analytics 4 gives its default channel groups.
GA4_GROUPS = {
    "direct": "Direct",
    "cross_network": "Cross-network",
    "paid_shopping": "Paid Shopping",
    "paid_search": "Paid Search",
    "paid_social": "Paid Social",
    "paid_video": "Paid Video",
    "paid_other": "Paid Other",
    "display": "Display",
    "organic_shopping": "Organic Shopping",
    "organic_social": "Organic Social",
    "organic_video": "Organic Video",
    "organic_search": "Organic Search",
    "affiliate": "Affiliates",
    "referral": "Referral",
}
# Messages of one's own are one group here; their channels have names of their own.
GA4_CHANNELS = {"email": "Email", "sms": "SMS", "push": "Mobile Push Notifications"}
# (source, medium, campaign) → what the case expects and what we say, and why.
GA4_DEVIATIONS = {
    # Google's page asks for a paid medium before it says "paid"; without one it is organic.
    ("alibaba", "", ""): ("Paid Shopping", "Organic Shopping"),
}


def payload(visit: Visit) -> str:
    """The page view or the opening of a mini program, as the SDK writes it."""
    path, _, query = visit["url"].partition("?")
    properties = {"$url": visit["url"], "$referrer": visit["referrer"]}
    if visit["scene"]:
        properties = {"$url_path": path, "$url_query": query, "$latest_scene": visit["scene"]}
    return json.dumps(
        {
            "event": "$MPLaunch" if visit["scene"] else "$pageview",
            "time": 1783094400000,
            "identities": {"$identity_cookie_id": "c1"},
            "lib": {"$lib": "MiniProgram" if visit["scene"] else "js"},
            "properties": properties,
            "_user_agent": visit["user_agent"],
            "_ip": "198.51.100.7",
        }
    )


class Classified:
    """A warehouse that takes visits and says what became of them."""

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        self.load = 0
        worlds.empty_warehouse(warehouse)

    def channels(
        self, visits: list[Visit], clicks: dict[str, str] | None = None
    ) -> list[tuple[str | None, str | None]]:
        """(channel, channel group) of each visit of a new load, nulls where it names no source."""
        self.load += 1
        load_id = f"{1_790_000_000 + self.load}.5"
        rows = [("sensors", f"{n:04}", payload(visit)) for n, visit in enumerate(visits)]
        rows += [(table, table, click) for table, click in (clicks or {}).items()]
        with duckdb.connect(str(self.warehouse / "omnitouch.duckdb")) as database:
            for table, name, text in rows:
                database.execute(
                    f"insert into raw.{table} (event_id, source, record_type, occurred_at_raw, "
                    f"received_at, payload, _dlt_load_id) "
                    f"values (?, '{table}', '', '', now(), ?, ?)",
                    [f"{self.load}-{name}", text, load_id],
                )
            database.execute(
                "insert into raw._dlt_loads (load_id, schema_name, status, inserted_at) "
                f"values ('{load_id}', 'omnitouch', 0, now())"
            )
        worlds.dbt(self.warehouse, "run", "--select", "+int_events_unioned", "--exclude", "staging")
        return self.query(
            "select channels.channel, channels.channel_group "
            "from intermediate.int_events_unioned as events "
            "left join seeds.channels as channels "
            "on coalesce(events.channel, events.hinted_channel) = channels.channel "
            "where events.source = 'sensors' and events.exclusion_reason is null "
            f"and events.load_seq = {self.load} order by events.event_id"
        )

    def identifiers(self, source: str) -> list[str]:
        """What each event of the last load and one source says about who it was."""
        found = self.query(
            "select identifier_set from intermediate.int_events_unioned "
            f"where source = '{source}' and load_seq = {self.load}"
        )
        return [identifiers for (identifiers,) in found]

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.warehouse / "omnitouch.duckdb"), read_only=True) as database:
            return database.execute(sql).fetchall()


@pytest.fixture(scope="module")
def classified(tmp_path_factory: pytest.TempPathFactory) -> Classified:
    return Classified(tmp_path_factory.mktemp("traffic"))


def test_every_golden_visit_gets_its_channel(classified: Classified) -> None:
    with GOLDEN.open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) >= 80
    found = [channel for channel, _ in classified.channels(cases)]
    assert len(found) == len(cases)
    wrong = {
        case["case"]: (channel, case["expected_channel"])
        for case, channel in zip(cases, found, strict=True)
        if (channel or "") != case["expected_channel"]
    }
    assert wrong == {}


def test_western_sources_are_grouped_as_in_google_analytics(
    classified: Classified, shared_data: Path
) -> None:
    file = shared_data / "channels" / "channel_grouping_cases.json"
    if not file.is_file():
        pytest.skip("channel_grouping_cases.json is not on this machine")
    cases = json.loads(file.read_text(encoding="utf-8"))
    tags = [
        {f"utm_{name}": case[name] for name in ("source", "medium", "campaign")} for case in cases
    ]
    nothing = {"referrer": "", "user_agent": "", "scene": ""}
    found = classified.channels([{"url": f"{SITE}?{urlencode(tag)}", **nothing} for tag in tags])
    assert len(found) == len(cases)
    deviations = {}
    for case, (channel, group) in zip(cases, found, strict=True):
        ours = GA4_CHANNELS.get(channel) or GA4_GROUPS.get(group)
        if ours != case["expected_channel"]:
            key = (case["source"], case["medium"], case["campaign"])
            deviations[key] = (case["expected_channel"], ours)
    assert deviations == GA4_DEVIATIONS


# How the click monitor of each platform reports the click "k1", and the page it led to.
MONITORED = {
    "ocean": ({"ts": "1783094400000", "callback": "k1"}, "?clickid=k1"),
    "tencent": ({"_clicked_at_ms": "1783094400000", "click_id": "k1"}, "?gdt_vid=k1"),
    "baidu": ({"_clicked_at_ms": "1783094400000", "bd_vid": "k1"}, "?bd_vid=k1"),
    "xiaohongshu": ({"click_id": "k1"}, "?utm_source=xiaohongshu&click_id=k1"),
}


def test_landing_pages_name_clicks_as_the_monitors_do(classified: Classified) -> None:
    nothing = {"referrer": "", "user_agent": "", "scene": ""}
    classified.channels(
        [{"url": f"{SITE}{query}", **nothing} for _, query in MONITORED.values()],
        clicks={f"{name}_clicks": json.dumps(click) for name, (click, _) in MONITORED.items()},
    )
    landings = classified.identifiers("sensors")
    for name in MONITORED:
        (monitor,) = classified.identifiers(f"{name}_clicks")
        (landing,) = [found for found in landings if name in found]
        assert monitor == f"{name}_click_id::k1"
        assert landing == f"cookie_id::c1 {monitor}"
