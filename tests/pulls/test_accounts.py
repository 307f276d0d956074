"""An accounts file that cannot be followed says where, and what would help."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingestion.__main__ import main
from ingestion.pulls.accounts import AccountsError, read_accounts
from ingestion.pulls.pulling import pull
from tests.pulls.deployment import Deployment
from tests.simulators.ocean import Ocean, promotion
from tests.simulators.tencent import Tencent

GOOD = "accounts:\n  - {source: ocean_reports, account: '17001', since: 2026-07-01"


def accounts_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "accounts.yml"
    path.write_text(text)
    return path


def test_an_account_takes_the_vendors_habits_unless_told_otherwise(tmp_path: Path) -> None:
    (account,) = read_accounts(accounts_file(tmp_path, GOOD + "}"), ["ocean_reports"])
    assert (account.since, account.credentials) == (date(2026, 7, 1), "ocean")
    assert (account.lag_days, account.keep_share) == (None, 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accounts: 7", "holds no list named `accounts`"),
        ("accounts: [7]", "account 1 is no mapping"),
        ("accounts:\n  - {source: ocean_reports, since: 2026-07-01}", "`account` is missing"),
        (GOOD + ", lag: 3}", "'lag' is no setting; there are source, account"),
        (GOOD.replace("ocean_", "sea_") + "}", "'sea_reports' cannot be pulled; there are ocean"),
        (GOOD.replace("07-01", "13-01") + "}", "account 1: month must be in 1..12"),
        (GOOD + ", lag_days: soon}", "account 1: invalid literal for int()"),
        (GOOD + ", window_days: 0}", "window_days must be at least 1"),
        (GOOD + ", calls_per_second: 0}", "calls_per_second must be more than 0"),
        (GOOD + ", base_url: 'ftp://x'}", "base_url must begin with https:// or http://"),
        (GOOD + "}\n" + GOOD.partition("\n")[2] + "}", "ocean_reports 17001 stands in it twice"),
        ("accounts: [", "no YAML"),
    ],
)
def test_a_file_that_cannot_be_followed_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AccountsError) as raised:
        read_accounts(accounts_file(tmp_path, text), ["ocean_reports"])
    assert said in str(raised.value)
    assert "accounts.yml" in str(raised.value)


def test_ids_that_are_no_file_names_stay_apart(tmp_path: Path) -> None:
    text = "accounts:\n" + "".join(
        f"  - {{source: ocean_reports, account: '{name}', since: 2026-07-01}}\n"
        for name in ("花间/护肤", "花间护肤", "../花间护肤")
    )
    names = [
        account.name for account in read_accounts(accounts_file(tmp_path, text), ["ocean_reports"])
    ]
    assert len(set(names)) == 3
    assert not any(set(name) & set("/.") for name in names)


def test_the_command_tells_what_came(
    deployment: Deployment,
    ocean: Ocean,
    tencent: Tencent,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ocean.report = {"2026-07-01": [promotion("2026-07-01")]}
    deployment.add("ocean_reports", "17001", ocean.url, since="2026-07-01", window_days=30)
    deployment.add("ocean_reports", "no-such", ocean.url, since="2026-07-01", window_days=30)
    monkeypatch.setenv("OMNITOUCH_WAREHOUSE", str(deployment.warehouse.root))
    monkeypatch.setattr("ingestion.pulls.vendor.Clock", lambda: deployment.clock)
    monkeypatch.setattr("ingestion.pulls.pulling.Clock", lambda: deployment.clock)
    monkeypatch.setattr("sys.argv", ["ingestion", "pull", str(deployment.accounts_file)])
    assert main() == 2
    told = capsys.readouterr()
    before = len(ocean.asked)
    deployment.add("tencent_leads", "2001", tencent.url)
    assert (
        "ocean_reports 17001: 2 windows read, 1 rows in 1 new files, 1 windows as before"
        in told.out
    )
    assert "error: ocean_reports no-such: 2026-07-01 to 2026-07-02" in told.err
    (pulled,) = pull(
        deployment.warehouse, deployment.accounts_file, ["tencent_leads"], clock=deployment.clock
    )
    assert (pulled.source, len(ocean.asked)) == ("tencent_leads", before)
    arguments = ["ingestion", "pull", str(deployment.accounts_file), "--only", "sea_reports"]
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 1
    assert "'sea_reports' cannot be pulled" in capsys.readouterr().err
