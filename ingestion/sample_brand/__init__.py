"""The sample brand 花间: believable raw channel files of a skincare brand, with their truth.

`write_sample_brand` writes what the channels of an invented brand would have delivered, one file
a day and source below `landing/`, and what really happened below `truth/`. The same arguments
give the same bytes. All files are well formed; what is wrong with them is what is wrong with
real ones:

* sensors: 1 % of requests sent twice; 3 % of app batches arrive 1-5 days late; 2 % of ad landing
  pages carry `clickid=__CLICKID__`; about 1 % of visits are bots, 0.5 % office staff and 0.3 %
  go to the test project `default`; the event `活动大转盘` is in no dictionary; `$MPShow` follows
  every `$MPLaunch`; the first event of a visit that logs in is still anonymous.
* identity: two store tablets on which hundreds of members log in; 4 % of people come from their
  partner's cookie or app half of the time, and one in seven of them has no phone but the partner's;
  0.5 % of people give up a phone that another member has after a rest; 12 % of those who log in do
  so only in the last tenth of the days, which merges customers that were two before; phones are
  written in four ways; unionid is missing for 20 %; many people never log in.
* official account: 3 % of callbacks are repeated once or twice.
* Ocean Engine: 2 % of click calls repeated; 3 % with unreplaced macros (and always `__IDFA__` on
  Android, `__IMEI__` on iOS); 5 % of landed clicks are missing from the monitor; costs are
  restated for eight days.
* Taobao: 5 % of orders at 23:30 Beijing; 8 % never paid; 5 % refunded in whole and some lines
  later, up to weeks after; the two pulls of a day overlap by ten minutes. Postage is always 0.
* tills: 4 % of store days arrive 1-5 days late; 5 % are exported again in full the day after with
  one sale withdrawn, so the later export of a store and business date is the true one; 2 % of
  receipts are voided, 5 % partly returned; three stores sell past midnight and export on the next
  day; of the receipts of known people 30 % mask the phone and 40 % have none; walk-ins leave no
  name; where there is no phone, the cashiers of three stores mostly type one of two default ones,
  of which one is in no blocklist.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ingestion.sample_brand import declaration, truth
from ingestion.sample_brand.advertising import (
    DeclaredFiles,
    OceanReports,
    write_clicks,
    write_sms_reports,
)
from ingestion.sample_brand.catalogue import DEFAULT_PHONES
from ingestion.sample_brand.commerce import TaobaoWriter, TillWriter
from ingestion.sample_brand.journeys import World
from ingestion.sample_brand.operations import OperationsWriter
from ingestion.sample_brand.orders import OrderDesk
from ingestion.sample_brand.people import TABLETS, People, make_people, phone_text
from ingestion.sample_brand.sensors import SensorsWriter
from ingestion.sample_brand.wechat import WechatWriter
from ingestion.sample_brand.wire import BEIJING_MS, DAY_MS, LandingFile, beijing_date, yuan_text

USUAL_EVENTS_PER_PERSON = 30.0
"""Sensors events a person leaves in 90 days when nothing is scaled."""


@dataclass(frozen=True)
class Summary:
    """What was written."""

    directory: Path
    people: int
    days: int
    files: int
    bytes: int
    events: int
    counts: dict[str, int]

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"sample brand: {self.people:,} people x {self.days} days, {self.events:,} Sensors "
            f"events, {self.files:,} files, {self.bytes / 1e6:,.0f} MB in {self.directory}"
        )


def write_sample_brand(
    directory: Path,
    people: int = 5000,
    days: int = 90,
    seed: int = 7,
    first_day: date = date(2026, 7, 1),
    events_per_person: float = USUAL_EVENTS_PER_PERSON,
) -> Summary:
    """Write the raw files of the sample brand and their truth.

    Args:
        directory: where `landing/` and `truth/` are made; files of an earlier call with the
            same days are overwritten.
        people: how many people there are.
        days: how many days are told.
        seed: chooses the world.
        first_day: the first day, in Beijing.
        events_per_person: how busy people are, as Sensors events a person in 90 days. Touches
            become more and each does less, so orders hardly change.

    Returns:
        What was written, with the counts that are also in truth/truth.json.
    """
    landing, told = directory / "landing", directory / "truth"
    told.mkdir(parents=True, exist_ok=True)
    first_ms = (first_day.toordinal() - date(1970, 1, 1).toordinal()) * DAY_MS - BEIJING_MS
    crowd = make_people(people, days, seed)
    world = World(crowd, days, first_ms, events_per_person / USUAL_EVENTS_PER_PERSON)
    desk, book = OrderDesk(crowd, days), truth.OrderBook()
    sensors, taobao = SensorsWriter(crowd, days), TaobaoWriter(crowd, days)
    tills, wechat = TillWriter(crowd, days), WechatWriter(crowd, first_ms)
    reports, declared = (
        OceanReports(crowd, days, first_ms),
        DeclaredFiles(landing / "declared", crowd),
    )
    operations = OperationsWriter(crowd, days, first_ms)
    touches = truth.TouchFile(told / "touches.parquet", crowd)
    counts: Counter[str] = Counter(people=people, days=days)
    written = [
        *(landing / "declared" / name for name in declaration.CSV_FILES),
        told / "touches.parquet",
    ]

    for number in range(days):
        day = world.live(number)
        name = beijing_date(day.start)

        def daily(source: str, suffix: str, name: str = name) -> LandingFile:
            path = landing / source / f"{name}.{suffix}"
            written.append(path)
            return LandingFile(path)

        site, trades, receipts = desk.take(day)
        with daily("sensors", "jsonl.gz") as file:
            sensors.write(file, day, site)
        with daily("wechat_oa", "jsonl") as file, daily("wechat_users", "jsonl") as users:
            wechat.write(file, users, day)
        with daily("taobao_trades", "jsonl") as file:
            taobao.write(file, number, day.start, trades)
        with daily("pos_receipts", "csv") as file:
            tills.write(file, number, day.start, receipts)
        with daily("ocean_clicks", "jsonl") as file:
            write_clicks(file, crowd, day, counts)
        with daily("ocean_reports", "jsonl") as file:
            reports.write(file, day)
        with daily("sms_reports", "jsonl") as file:
            write_sms_reports(file, crowd, day, counts)
        with daily("marketing_automation", "jsonl") as log, daily("fxiaoke_crm", "jsonl") as crm:
            operations.write(log, crm, day, site)
        declared.write(day)
        touches.write(day)
        book.add(site.values(), trades, receipts)
    declared.close()
    touches.close()

    end = first_ms + days * DAY_MS
    sales = book.write(told / "conversions.parquet", end)
    truth.write_identifiers(told / "identifiers.parquet", crowd)
    declaration.write(landing / "declared" / "sample_brand.yml")
    for part in (sensors, taobao, tills, wechat, reports, declared, operations):
        counts.update(part.counts)
    truth.write_json(told / "channel_effects.json", _effects(world))
    truth.write_json(
        told / "truth.json",
        {
            "counts": dict(sorted(counts.items())),
            "sensors_events": dict(sorted(sensors.events.items())),
            "touches": dict(sorted(touches.counts.items())),
            **sales,
            "spend": _spend(reports, declared, first_ms, days),
            "shared_cookies": crowd.cookies(_tablet_owners(), 0),
            "default_phones": [f"+86{phone}" for phone in DEFAULT_PHONES],
            "recycled_phones": _recycled_phones(crowd),
        },
    )
    written += [
        landing / "declared" / "sample_brand.yml",
        *(told / name for name in ("conversions.parquet", "identifiers.parquet")),
        *(told / name for name in ("channel_effects.json", "truth.json")),
    ]
    return Summary(
        directory=directory,
        people=people,
        days=days,
        files=len(written),
        bytes=sum(path.stat().st_size for path in written),
        events=counts["events"],
        counts=dict(sorted(counts.items())),
    )


def _tablet_owners() -> np.ndarray:
    return TABLETS + np.arange(2)


def _recycled_phones(people: People) -> list[dict[str, Any]]:
    """Return every number that two people have one after the other."""
    last = np.flatnonzero(people.changes_phone & (people.next_phone < people.count))
    return [
        {"phone": f"+86{phone_text(number)}", "person_ids": [number, person], "handed_on": day}
        for number, person, day in zip(
            people.next_phone[last].tolist(),
            last.tolist(),
            people.has_next_phone_on[last].tolist(),
            strict=True,
        )
    ]


def _effects(world: World) -> dict[str, Any]:
    """Return, for each channel, the purchases lost when its effect alone is switched off."""
    return {
        "conversions": world.conversions,
        "channels": {
            name: {"expected_lost": round(expected, 6), "lost": lost}
            for name, (expected, lost) in world.effects.items()
        },
    }


def _spend(
    reports: OceanReports, declared: DeclaredFiles, first_ms: int, days: int
) -> dict[str, dict[str, str]]:
    """Return the spend in yuan of each channel and day, as it was last stated."""
    dates = [beijing_date(first_ms + number * DAY_MS) for number in range(days)]
    by_day = reports.seen.sum(axis=1).tolist()
    spend = {"douyin_ads": dict(zip(dates, map(yuan_text, by_day), strict=True))}
    for channel, costs in declared.daily_spend.items():
        spend[channel] = {name: yuan_text(cost) for name, cost in costs.items()}
    return spend
