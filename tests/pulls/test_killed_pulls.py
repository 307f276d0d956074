"""A pull that is killed anywhere loses no row, and none counts twice, once it is run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.ingestion import wire
from tests.pulls.deployment import Deployment
from tests.simulators.ocean import Ocean, promotion

DAYS = [f"2026-07-{day:02}" for day in range(6, 11)]
# What is written for good: first the token, then a recording and the cursor for each window.
TOKEN, RECORDING, CURSOR = 1, 4, 5


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        ("before", TOKEN),
        ("after", TOKEN),
        ("before", RECORDING),
        ("after", RECORDING),
        ("after", CURSOR),
    ],
    ids=["no token kept", "token kept", "not in place", "in place, cursor behind", "cursor moved"],
)
def test_a_killed_pull_is_made_good_by_the_next(
    moment: str, step: int, deployment: Deployment, ocean: Ocean
) -> None:
    ocean.report = {day: [promotion(day, number) for number in range(3)] for day in DAYS}
    ocean.most_rows_a_page = 2
    deployment.add("ocean_reports", "17001", ocean.url, since=DAYS[0])
    killed = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.pulls.killed_pull",
            deployment.accounts_file,
            moment,
            f"{step}",
        ],
        env=os.environ | {"OMNITOUCH_WAREHOUSE": str(deployment.warehouse.root)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    whole = len(deployment.recordings())
    assert whole == {TOKEN: 0, RECORDING: 2 if moment == "after" else 1, CURSOR: 2}[step]
    pulled = deployment.pull()
    if (moment, step) == ("before", TOKEN):
        # the one loss that no client can help: the vendor voided the old refresh token already
        assert "authorise the account again" in pulled.error
        return
    assert pulled.error == ""
    wire.load(deployment.warehouse)
    landed = wire.records(deployment.warehouse)["ocean_reports"]
    assert len(landed) == (18 if (moment, step) == ("after", RECORDING) else 15)
    rows = {
        (row["dimensions"]["stat_time_day"], row["dimensions"]["cdp_promotion_id"])
        for line in deployment.lines()
        for row in line["response"]["data"]["rows"]
    }
    assert len(rows) == 15
    assert not list((deployment.warehouse.pulls / "partial").rglob("*.gz"))
