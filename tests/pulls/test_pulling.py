"""Whatever a vendor's API does, nothing unread is taken for read, and nothing lands in parts."""

from __future__ import annotations

import stat
from datetime import timedelta

import pytest

from ingestion.pulls import api
from tests.ingestion import wire
from tests.pulls.deployment import Deployment
from tests.simulators.ocean import SECRETS, Ocean, promotion, told
from tests.simulators.server import DROPPED, SILENT, Answered

DAYS = [f"2026-07-{day:02}" for day in range(1, 11)]


@pytest.fixture
def reports(deployment: Deployment, ocean: Ocean) -> Deployment:
    """Ten days of three promotions, none of them pulled yet."""
    ocean.report = {day: [promotion(day, number) for number in range(3)] for day in DAYS}
    deployment.add("ocean_reports", "17001", ocean.url)
    return deployment


def days_asked(ocean: Ocean) -> list[str]:
    return [asked.query["start_time"] for asked in ocean.asked if "start_time" in asked.query]


def test_every_day_since_the_first_is_pulled_and_lands(reports: Deployment, ocean: Ocean) -> None:
    pulled = reports.pull()
    assert (pulled.error, pulled.windows, pulled.rows, pulled.files) == ("", 10, 30, 10)
    outcome = wire.load(reports.warehouse)
    assert (outcome.rows_read, outcome.rows_landed) == (30, 30)
    assert reports.state()["cursor"] == "2026-07-10"


def test_only_what_the_vendor_restates_is_read_again(reports: Deployment, ocean: Ocean) -> None:
    reports.change(since="2026-06-01")
    reports.pull()
    ocean.asked.clear()
    reports.clock.at("2026-07-11T09:00:00")
    ocean.report["2026-07-05"][0]["metrics"]["convert_cnt"] = "9"
    pulled = reports.pull()
    assert days_asked(ocean) == [*DAYS[1:], "2026-07-11"]
    # the day that was restated; the others say what they said, and the new one nothing yet
    assert (pulled.files, pulled.rows, pulled.unchanged) == (1, 3, 9)
    ocean.asked.clear()
    reports.clock.at("2026-07-17T09:00:00")
    reports.pull()
    assert days_asked(ocean)[0] == "2026-06-10", "once a week thirty-one days are read again"


@pytest.mark.parametrize(
    "fault",
    [
        Answered(429, {}),
        Answered(500, {}),
        Answered(200, told(40100, "请求过于频繁").body),
        DROPPED,
        SILENT,
    ],
    ids=["429", "500", "too many, in a 200", "dropped", "silent"],
)
def test_passing_trouble_is_waited_out(
    fault: Answered | str, reports: Deployment, ocean: Ocean, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is SILENT:
        monkeypatch.setattr(api, "TIMEOUT", timedelta(seconds=0.2))
    ocean.faults.extend([fault, fault])
    pulled = reports.pull()
    assert (pulled.error, pulled.rows) == ("", 30)
    assert [wait for wait in reports.clock.slept if wait >= 1] == [1, 2]


def test_the_vendor_says_when_to_come_back(reports: Deployment, ocean: Ocean) -> None:
    ocean.faults.append(Answered(429, {}, {"Retry-After": "37"}))
    assert reports.pull().error == ""
    assert max(reports.clock.slept) == 37


def test_trouble_that_lasts_gives_up_the_account_and_keeps_what_was_read(
    reports: Deployment, ocean: Ocean
) -> None:
    def down_from_the_fourth_window(number: int) -> None:
        if number > 4:
            ocean.faults.append(Answered(503, {}))

    ocean.before_answer = down_from_the_fourth_window
    pulled = reports.pull()
    assert "2026-07-04 to 2026-07-04" in pulled.error
    assert "HTTP 503" in pulled.error
    assert reports.state()["cursor"] == "2026-07-03"
    ocean.before_answer = lambda number: None
    ocean.faults.clear()
    assert reports.pull().rows == 21
    assert wire.load(reports.warehouse).rows_landed == 30


def test_a_refusal_is_final_and_explained(reports: Deployment, ocean: Ocean) -> None:
    ocean.advertiser = "another"
    pulled = reports.pull()
    assert "code 40002 没有该广告主的权限" in pulled.error
    assert len(ocean.asked) == 2, "a token and one call"
    assert not reports.recordings()


def test_a_token_follows_no_redirect(reports: Deployment, ocean: Ocean) -> None:
    other = Ocean(reports.clock)
    reports.pull()
    reports.clock.at("2026-07-11T09:00:00")
    ocean.faults.extend([Answered(302, {}, {"Location": f"{other.url}/v3.0/"})] * 6)
    assert "HTTP 302" in reports.pull().error
    assert other.asked == []
    other.stop()


def test_calls_keep_the_vendors_pace(reports: Deployment, ocean: Ocean) -> None:
    reports.pull()
    assert sum(reports.clock.slept) == pytest.approx(10 / 5)


def test_tokens_are_renewed_before_they_end_and_outlive_the_pull(
    reports: Deployment, ocean: Ocean
) -> None:
    reports.pull()
    reports.pull()
    assert ocean.renewals == 1
    reports.clock.sleep(86400 - 200)
    assert reports.pull().error == ""
    assert ocean.renewals == 2, "renewed by the rotated refresh token, minutes before the end"
    (kept,) = (reports.warehouse.pulls / "tokens").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "ocean-refresh-2" in kept.read_text()


def test_a_token_that_the_vendor_drops_early_is_renewed(reports: Deployment, ocean: Ocean) -> None:
    def dropped(number: int) -> None:
        if number == 5:
            ocean.access_token = "another"

    ocean.before_answer = dropped
    pulled = reports.pull()
    assert (pulled.error, pulled.rows, ocean.renewals) == ("", 30, 2)


def test_a_void_refresh_token_says_what_to_do(
    reports: Deployment, ocean: Ocean, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports.pull()
    ocean.refresh_token = "authorised-anew"
    ocean.token_ends = reports.clock.now()
    error = reports.pull().error
    assert "authorise the account again" in error
    assert "ocean-refresh" not in error
    monkeypatch.setenv("PULLS__OCEAN__REFRESH_TOKEN", "authorised-anew")
    assert reports.pull().error == ""


def test_a_missing_secret_is_named(
    reports: Deployment, ocean: Ocean, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULLS__OCEAN__SECRET")
    assert "PULLS__OCEAN__SECRET" in reports.pull().error


def test_secrets_are_written_nowhere_but_beside_the_tokens(
    reports: Deployment, ocean: Ocean, capfd: pytest.CaptureFixture[str]
) -> None:
    reports.pull()
    ocean.faults.extend([DROPPED] * 6)
    reports.clock.sleep(86400)
    told_in_error = reports.pull().error
    written = reports.everything_written() + told_in_error + "".join(capfd.readouterr())
    assert "no answer (ConnectionError) 6 times" in told_in_error
    for secret in (SECRETS["secret"], "ocean-refresh", "ocean-access"):
        assert secret not in written


def test_rows_that_move_between_pages_are_read_again(reports: Deployment, ocean: Ocean) -> None:
    ocean.most_rows_a_page = 2

    def drifts(number: int) -> None:
        if number == 3:  # between the two pages of the first day
            ocean.report[DAYS[0]].insert(0, promotion(DAYS[0], 9))
        if number == 5:  # and once more, with as many rows as before
            ocean.report[DAYS[0]].pop()
            ocean.report[DAYS[0]].insert(0, promotion(DAYS[0], 8))

    ocean.before_answer = drifts
    assert (reports.pull().error, len(reports.recordings())) == ("", 10)
    promotions = [
        row["dimensions"]["cdp_promotion_id"]
        for line in reports.lines()
        for row in line["response"]["data"]["rows"]
        if row["dimensions"]["stat_time_day"] == DAYS[0]
    ]
    assert sorted(promotions) == ["7400", "7401", "7408", "7409"]


def test_rows_that_keep_moving_land_nowhere(reports: Deployment, ocean: Ocean) -> None:
    ocean.most_rows_a_page = 2
    ocean.before_answer = lambda number: ocean.report[DAYS[1]].append(promotion(DAYS[1], number))
    pulled = reports.pull()
    assert "2026-07-02 to 2026-07-02: the number of rows changes from page to page" in pulled.error
    assert reports.state()["cursor"] == "2026-07-01"
    assert len(reports.recordings()) == 1


def test_an_empty_page_in_the_middle_is_no_end(reports: Deployment, ocean: Ocean) -> None:
    ocean.most_rows_a_page = 1
    empty = {"rows": [], "page_info": {"total_number": 3, "total_page": 3}}

    def emptied(number: int) -> None:
        if number == 3:
            ocean.faults.append(told(0, "OK", empty))

    ocean.before_answer = emptied
    pulled = reports.pull()
    assert (pulled.error, pulled.rows) == ("", 30)
    ocean.before_answer = lambda number: ocean.faults.append(told(0, "OK", empty))
    assert "2026-07-02 to 2026-07-02" in reports.pull().error


def test_an_answer_that_shrinks_is_kept_aside_until_it_comes_again(
    reports: Deployment, ocean: Ocean
) -> None:
    reports.pull()
    landed = reports.recordings()
    whole = ocean.report[DAYS[4]]
    ocean.report[DAYS[4]] = whole[:1]
    pulled = reports.pull()
    assert "2026-07-05: 1 rows came where there were 3" in pulled.suspects[0]
    assert (pulled.error, pulled.rows, reports.recordings()) == ("", 0, landed)
    (aside,) = (reports.warehouse.pulls / "suspect").rglob("*.jsonl.gz")
    # it was passing trouble
    ocean.report[DAYS[4]] = whole
    assert (reports.pull().suspects, aside.exists(), reports.recordings()) == ([], False, landed)
    # it was meant
    ocean.report[DAYS[4]] = whole[1:2]
    assert reports.pull().suspects
    ocean.report[DAYS[4]][0]["metrics"]["stat_cost"] = "7.00"
    assert (reports.pull().rows, aside.exists()) == (1, False)


def test_a_suspect_day_is_asked_for_again_however_old(reports: Deployment, ocean: Ocean) -> None:
    reports.change(lag_days=1, deep_lag_days=2)
    reports.pull()
    reports.clock.at("2026-07-11T09:00:00")
    whole = ocean.report[DAYS[8]]
    ocean.report[DAYS[8]] = []
    assert "2026-07-09: 0 rows came where there were 3" in reports.pull().suspects[0]
    ocean.asked.clear()
    reports.clock.at("2026-07-31T09:00:00")
    ocean.report[DAYS[8]] = whole[:1]
    assert reports.pull(accept_shrunk=True).rows == 1
    assert days_asked(ocean)[:2] == ["2026-07-09", "2026-07-10"]
    ocean.asked.clear()
    reports.pull()
    assert days_asked(ocean)[0] == "2026-07-30"


def test_earlier_days_can_be_asked_for_later(reports: Deployment, ocean: Ocean) -> None:
    reports.pull()
    ocean.report["2026-06-28"] = [promotion("2026-06-28")]
    reports.change(since="2026-06-28")
    assert (reports.pull().rows, reports.state()["cursor"]) == (1, "2026-07-10")


def test_windows_of_several_days_come_again_as_they_were(reports: Deployment, ocean: Ocean) -> None:
    reports.change(window_days=7)
    first = reports.pull()
    assert (first.rows, first.windows) == (30, 2)
    reports.clock.at("2026-07-11T09:00:00")
    ocean.report["2026-07-11"] = [promotion("2026-07-11")]
    again = reports.pull()
    assert (again.windows, again.unchanged, again.files) == (2, 1, 1)
