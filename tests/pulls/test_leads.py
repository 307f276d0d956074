"""Leads are pulled again as they change; what they hold of people does not reach the disk."""

from __future__ import annotations

import json
from typing import Any

from tests.ingestion import wire
from tests.pulls.deployment import Deployment
from tests.simulators.ocean import Ocean, clue
from tests.simulators.tencent import Tencent, lead

PERSONAL = ("韩梅梅", "hanmeimei", "岳麓区", "1390013000")


def states(deployment: Deployment, source: str) -> list[tuple[str, str, str]]:
    """(lead, state, where it came from) of every version that landed, in the order of fetching."""
    wire.load(deployment.warehouse)
    found = []
    query = f"select payload from raw.{source} order by received_at, payload"
    for (payload,) in wire.query(deployment.warehouse, query):
        properties: dict[str, Any] = json.loads(payload)["_properties"]
        told = properties.get("convert_status", "")
        found.append((properties["lead_id"], properties["lead_state"], told))
    return found


def test_what_ocean_tells_ten_minutes_later_is_fetched(
    deployment: Deployment, ocean: Ocean
) -> None:
    ocean.leads = [clue(1, "2026-07-10 08:58:00"), clue(2, "2026-07-10 08:30:00")]
    deployment.add("ocean_leads", "17001", ocean.url, since="2026-07-08")
    assert deployment.pull().rows == 2
    deployment.clock.sleep(600)
    pulled = deployment.pull()
    assert (pulled.error, pulled.rows, pulled.unchanged) == ("", 2, 2)
    assert states(deployment, "ocean_leads") == [
        ("7421", "新线索", "数据获取中"),
        ("7422", "新线索", "合法转化"),
        ("7421", "新线索", "合法转化"),
    ]


def test_a_lead_that_sales_work_on_comes_again(deployment: Deployment, tencent: Tencent) -> None:
    tencent.leads = [lead(1, "2026-07-08 10:00:00"), lead(2, "2026-07-08 11:00:00")]
    deployment.add("tencent_leads", "2001", tencent.url, since="2026-07-08")
    assert deployment.pull().rows == 2
    deployment.clock.at("2026-07-12T09:00:00")
    worked_on = {"leads_follow_tag": "LEADS_FOLLOW_TAG_VALID"}
    tencent.leads[0] = lead(1, "2026-07-11 15:00:00", **worked_on)
    pulled = deployment.pull()
    assert (pulled.error, pulled.rows) == ("", 1)
    assert states(deployment, "tencent_leads")[-1] == ("9001", "LEADS_FOLLOW_TAG_VALID", "")
    assert deployment.state()["cursor"] == "2026-07-12T09:00:00+08:00"


def test_a_lead_that_moves_out_of_the_window_meanwhile_is_not_lost(
    deployment: Deployment, tencent: Tencent
) -> None:
    tencent.most_rows_a_page = 1
    tencent.leads = [lead(number, f"2026-07-10 07:0{number}:00") for number in range(3)]
    deployment.add("tencent_leads", "2001", tencent.url, since="2026-07-10")

    def works_on_the_first(number: int) -> None:
        if number == 3:
            tencent.leads[0] = lead(0, "2026-07-10 09:30:00")

    tencent.before_answer = works_on_the_first
    assert (deployment.pull().error, deployment.pull().error) == ("", "")
    deployment.clock.sleep(3600)
    deployment.pull()
    assert {known for known, _, _ in states(deployment, "tencent_leads")} == {
        "9000",
        "9001",
        "9002",
    }


def test_nothing_of_a_person_is_written(
    deployment: Deployment, ocean: Ocean, tencent: Tencent
) -> None:
    ocean.leads = [clue(1, "2026-07-10 08:30:00", remark="打 13900130001 找韩梅梅")]
    deployment.add("ocean_leads", "17001", ocean.url, since="2026-07-10")
    assert deployment.pull().rows == 1
    deployment.accounts.clear()
    tencent.leads = [lead(1, "2026-07-10 08:00:00", custom_qa="韩梅梅 13900130001")]
    deployment.add("tencent_leads", "2001", tencent.url, since="2026-07-10")
    assert deployment.pull().rows == 1
    states(deployment, "ocean_leads")
    written = deployment.everything_written()
    assert [word for word in PERSONAL if word in written] == []
    phone = wire.PSEUDONYMISER.phone("13900130001")
    landed = wire.query(deployment.warehouse, "select payload from raw.ocean_leads")
    landed += wire.query(deployment.warehouse, "select payload from raw.tencent_leads")
    assert [json.loads(payload)["_phone"] for (payload,) in landed] == [phone, phone]
