"""Followers of official accounts and contacts of WeCom: whole lists, once a pull."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingestion.pulls import wechat
from tests.pulls.deployment import Deployment
from tests.pulls.shops import landing
from tests.simulators.server import TestClock
from tests.simulators.wechat import APP_ID, CORP_ID, CORP_SECRETS, OfficialAccount, WeCom


@pytest.fixture
def account(clock: TestClock, deployment: Deployment) -> Iterator[OfficialAccount]:
    simulator = OfficialAccount(clock)
    deployment.add("wechat_users", APP_ID, simulator.url)
    yield simulator
    simulator.stop()


@pytest.fixture
def wecom(clock: TestClock, deployment: Deployment) -> Iterator[WeCom]:
    simulator = WeCom(clock)
    deployment.add("wecom_contacts", CORP_ID, simulator.url)
    yield simulator
    simulator.stop()


def test_every_follower_comes_however_long_the_list(
    account: OfficialAccount, deployment: Deployment
) -> None:
    for number in range(250):
        account.follow(f"o{number:04}", unionid=f"u{number}")
    account.most_followers_a_page = 100
    pulled = deployment.pull()
    assert (pulled.error, pulled.rows, pulled.windows) == ("", 250, 1)
    sizes = [len(asked.body["user_list"]) for asked in account.asked if "user_list" in asked.body]
    assert sizes == [100, 100, 50]
    users = landing(deployment, "wechat_users")
    assert {(user["_appid"], user["openid"]) for user in users} == {
        (APP_ID, f"o{number:04}") for number in range(250)
    }
    assert "李总" not in deployment.everything_written()


def test_an_account_without_followers_is_no_error(
    account: OfficialAccount, deployment: Deployment
) -> None:
    assert (deployment.pull().error, deployment.recordings()) == ("", [])


def test_followers_that_say_the_same_land_once(
    account: OfficialAccount, deployment: Deployment
) -> None:
    account.follow("o1", unionid="u1")
    deployment.pull()
    assert deployment.pull().unchanged == 1
    account.follow("o1", unionid="u2")
    assert deployment.pull().rows == 1
    assert len(deployment.recordings()) == 2


def test_a_list_that_suddenly_shrinks_is_kept_aside(
    account: OfficialAccount, deployment: Deployment
) -> None:
    for number in range(10):
        account.follow(f"o{number}")
    deployment.pull()
    account.followers = {"o1": account.followers["o1"]}
    assert "1 rows came where there were 10" in deployment.pull().suspects[0]
    assert len(deployment.recordings()) == 1


def test_a_token_that_somebody_else_voided_is_renewed(
    account: OfficialAccount, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat, "USERS_A_CALL", 1)
    for number in range(3):
        account.follow(f"o{number}")

    def voided(number: int) -> None:
        if number == 4:
            account.access_token = "of another system"

    account.before_answer = voided
    assert (deployment.pull().error, account.grants) == ("", 2)


def test_contacts_of_all_employees_come_to_the_end_of_the_cursor(
    wecom: WeCom, deployment: Deployment
) -> None:
    wecom.contacts["nobody_met"] = []
    for number in range(7):
        wecom.meet(f"guide{number % 2}", f"wo{number}", unionid=f"u{number}")
    # known to two employees, one of whom noted a phone
    wecom.meet("guide1", "wo0", unionid="u0", remark_mobiles=["13912345678"], state="store0021")
    wecom.most_contacts_a_page = 3
    pulled = deployment.pull()
    assert (pulled.error, pulled.rows) == ("", 8)
    contacts = landing(deployment, "wecom_contacts")
    assert {contact["_corpid"] for contact in contacts} == {CORP_ID}
    met = {(contact["external_userid"], contact["userid"]) for contact in contacts}
    assert len(met) == len(contacts) == 8
    (noted,) = [contact for contact in contacts if contact["phone"]]
    assert (noted["external_userid"], noted["state"]) == ("wo0", "store0021")
    written = deployment.everything_written()
    assert not any(
        word in written for word in ("李总", "丽丽", "13912345678", CORP_SECRETS["secret"])
    )


def test_tags_come_by_their_names(wecom: WeCom, deployment: Deployment) -> None:
    wecom.tags = {"意向": {"t1": "高", "t2": "低"}, "肤质": {"t3": "油皮"}}
    wecom.meet("guide1", "wo1", tag_id=["t1", "t3", "deleted"])
    assert deployment.pull().error == ""
    (contact,) = landing(deployment, "wecom_contacts")
    assert contact["_tags"] == "意向=高|肤质=油皮|deleted"


def test_employees_without_contacts_are_no_error(wecom: WeCom, deployment: Deployment) -> None:
    wecom.contacts["guide1"] = []
    assert (deployment.pull().error, deployment.recordings()) == ("", [])


def test_a_token_of_two_hours_is_renewed_for_the_next_pull(
    wecom: WeCom, deployment: Deployment, clock: TestClock
) -> None:
    wecom.meet("guide1", "wo1")
    deployment.pull()
    deployment.pull()
    assert wecom.grants == 1
    clock.sleep(7200)
    assert (deployment.pull().error, wecom.grants) == ("", 2)
