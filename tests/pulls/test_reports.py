"""Each vendor's report, pulled by the vendor's own rules, lands whole."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from ingestion.pulls import baidu as baidu_pull
from ingestion.pulls import xiaohongshu as xiaohongshu_pull
from tests.ingestion import wire
from tests.pulls.deployment import Deployment
from tests.simulators.baidu import FEED, SEARCH, Baidu, unit
from tests.simulators.server import Answered
from tests.simulators.tencent import Tencent, creative
from tests.simulators.xiaohongshu import Xiaohongshu, creativity

DAYS = [f"2026-07-{day:02}" for day in range(1, 11)]


def payloads(deployment: Deployment, source: str) -> list[dict[str, Any]]:
    outcome = wire.load(deployment.warehouse)
    assert outcome.rows_quarantined == 0, outcome.quarantined
    rows = wire.query(deployment.warehouse, f"select payload from raw.{source} order by payload")
    return [json.loads(payload) for (payload,) in rows]


def test_tencent_ids_that_look_like_phones_stay_ids(
    deployment: Deployment, tencent: Tencent
) -> None:
    tencent.most_rows_a_page = 2
    tencent.report = {day: [creative(day, number) for number in range(3)] for day in DAYS}
    deployment.add("tencent_reports", "2001", tencent.url)
    pulled = deployment.pull()
    assert (pulled.error, pulled.rows) == ("", 30)
    rows = payloads(deployment, "tencent_reports")
    assert {row["adgroup_id"] for row in rows} == {13800138000, 13800138001, 13800138002}
    assert {row["cost"] for row in rows} == {88010}


def test_tencent_requests_are_signed_anew_for_every_attempt(
    deployment: Deployment, tencent: Tencent
) -> None:
    tencent.report = {DAYS[0]: [creative(DAYS[0])]}
    deployment.add("tencent_reports", "2001", tencent.url, since=DAYS[0], window_days=90)
    slow = Answered(503, {}, {"Retry-After": "299"})
    tencent.faults.extend([slow, slow, slow])
    assert deployment.pull().rows == 1
    nonces = [asked.query["nonce"] for asked in tencent.asked if "nonce" in asked.query]
    assert len(nonces) == len(set(nonces)) > 1


def test_tencent_answers_ninety_days_at_most(deployment: Deployment, tencent: Tencent) -> None:
    tencent.report = {"2026-02-01": [creative("2026-02-01")], DAYS[0]: [creative(DAYS[0])]}
    deployment.add("tencent_reports", "2001", tencent.url, since="2026-02-01", window_days=366)
    pulled = deployment.pull()
    assert (pulled.error, pulled.rows) == ("", 2)


def test_baidu_search_and_feed_are_read_to_their_ends(
    deployment: Deployment, baidu: Baidu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baidu_pull, "ROW_COUNT", 2)
    baidu.reports[SEARCH] = [unit(day, number) for day in DAYS[:2] for number in range(5)]
    baidu.reports[FEED] = [unit(DAYS[1], number) for number in range(3)]
    deployment.add("baidu_reports", "花间护肤", baidu.url)
    pulled = deployment.pull()
    assert (pulled.error, pulled.rows) == ("", 13)
    landed = payloads(deployment, "baidu_reports")
    assert len(landed) == 13
    kinds = wire.query(
        deployment.warehouse, "select record_type, count(*) from raw.baidu_reports group by all"
    )
    assert sorted(kinds) == [("feed", 3), ("search", 10)]


def test_baidu_units_that_were_deleted_are_the_same_units(
    deployment: Deployment, baidu: Baidu
) -> None:
    baidu.reports[SEARCH] = [unit(DAYS[9])]
    deployment.add("baidu_reports", "花间护肤", baidu.url, since=DAYS[9])
    deployment.pull()
    deployment.clock.sleep(60)
    baidu.reports[SEARCH] = [unit(DAYS[9], deleted=True)]
    assert deployment.pull().rows == 1
    cells = {row["_cell"] for row in payloads(deployment, "baidu_reports")}
    assert len(cells) == 1


def test_xiaohongshu_orders_of_seven_days_after_are_fetched(
    deployment: Deployment, xiaohongshu: Xiaohongshu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xiaohongshu_pull, "PAGE_SIZE", 2)
    xiaohongshu.report = [creativity(DAYS[9], number) for number in range(5)]
    deployment.add("xiaohongshu_reports", "9001", xiaohongshu.url, since=DAYS[9])
    assert (deployment.pull().error, len(payloads(deployment, "xiaohongshu_reports"))) == ("", 5)
    for _ in range(9):
        deployment.clock.sleep(timedelta(days=1).total_seconds())
        assert deployment.pull().error == ""
    latest: dict[str, tuple[str, str]] = {}
    for line in deployment.lines():
        for row in line["response"]["data"]["data_list"]:
            latest[row["creativity_id"]] = (line["fetched_at"], row["success_goods_order"])
    assert {orders for _, orders in latest.values()} == {"4"}
    assert xiaohongshu.renewals > 5, "a rotated refresh token a day"


@pytest.mark.parametrize(
    ("words", "asked_again"),
    [("请求过于频繁，请稍后再试", True), ("access token 已失效", True), ("无该广告主权限", False)],
)
def test_errors_without_a_documented_code_are_judged_by_their_words(
    words: str, asked_again: bool, deployment: Deployment, xiaohongshu: Xiaohongshu
) -> None:
    xiaohongshu.report = [creativity(DAYS[9])]
    deployment.add("xiaohongshu_reports", "9001", xiaohongshu.url, since=DAYS[9])
    deployment.pull()
    xiaohongshu.report[0]["fee"] = "330.00"
    xiaohongshu.faults.append(Answered(200, {"success": False, "code": 1, "msg": words}))
    pulled = deployment.pull()
    assert (pulled.error == "") is asked_again
    assert pulled.rows == int(asked_again)
