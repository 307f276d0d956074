"""Ocean Engine clicks and reports, text message reports, and the files the brand declares."""

from collections import Counter
from pathlib import Path

import numpy as np
import orjson

from ingestion.sample_brand import catalogue as brand
from ingestion.sample_brand.journeys import H5, Day
from ingestion.sample_brand.networks import addresses, agents
from ingestion.sample_brand.people import People
from ingestion.sample_brand.sensors import click_id_of, quote
from ingestion.sample_brand.wire import (
    DAY_MS,
    LandingFile,
    beijing_date,
    beijing_text,
    gateway_line,
    pull_line,
    yuan_text,
)

REPEATED_CLICK_SHARE = 0.02
UNREPLACED_CLICK_SHARE = 0.03
RESTATED_DAYS = 8
REPORT_PAGE = 20
SMS_BATCH = 100
BAIDU_COST_FEN = (180, 420, 530)
XIAOHONGSHU_COST_FEN = (310, 260)


def write_clicks(file: LandingFile, people: People, day: Day, counts: Counter[str]) -> None:
    """Write the click monitor calls of a day: repeated calls, unreplaced macros."""
    rng = np.random.default_rng([people.seed, 9, day.number])
    size = len(day.click_person)
    repeated = (rng.random(size) < REPEATED_CLICK_SHARE).tolist()
    unreplaced = (rng.random(size) < UNREPLACED_CLICK_SHARE).tolist()
    person = day.click_person
    rows = zip(
        day.click_time.tolist(),
        day.click_ad.tolist(),
        day.click_bits.tolist(),
        day.click_monitored.tolist(),
        people.on_ios[person].tolist(),
        people.imei_md5s(person),
        people.oaids(person),
        people.idfas(person),
        addresses(people, person, day.click_time, np.ones(size, dtype=bool)),
        agents(people, person, np.full(size, H5), np.zeros(size, dtype=bool)),
        repeated,
        unreplaced,
        strict=True,
    )
    for time, ad_code, bits, monitored, ios, imei, oaid, idfa, ip, agent, again, raw in rows:
        if not monitored:
            continue
        ad = brand.OCEAN_ADS[ad_code]
        imei = "__IMEI__" if ios or raw else imei
        oaid = "__OAID__" if ios or raw else oaid
        idfa = idfa if ios and not raw else "__IDFA__"
        query = (
            f"request_id=R{bits:x}&promotion_id={ad.promotion_id}&project_id={ad.project_id}"
            f"&promotion_name={quote(ad.promotion_name)}&advertiser_id={brand.ADVERTISER_ID}"
            f"&cid={ad.promotion_id}9&csite=1&imei={imei}&idfa={idfa}&oaid={oaid}&os={int(ios)}"
            f"&ip={ip}&ua={quote(agent, safe='')}&ts={time}&track_id=T{bits:x}"
            f"&callback={click_id_of(bits)}"
        )
        counts["ocean_clicks"] += 1
        counts["ocean_clicks_repeated"] += again
        counts["ocean_clicks_unreplaced"] += raw
        for lag in (180, 2180)[: 1 + again]:
            file.write(gateway_line(time + lag, "GET", "/c/ocean", query, ip, "Bytedance-Monitor"))


class OceanReports:
    """Writes ocean_reports/: each evening the last eight days again, costs restated."""

    def __init__(self, people: People, days: int, first_ms: int) -> None:
        """Start with no spend."""
        self.first_ms = first_ms
        self.rng = np.random.default_rng([people.seed, 10])
        self.clicks = np.zeros((days, len(brand.OCEAN_ADS)), dtype=np.int64)
        self.cost = np.zeros_like(self.clicks)
        self.shows = np.zeros_like(self.clicks)
        self.converts = np.zeros_like(self.clicks)
        self.seen = np.zeros_like(self.clicks)
        self.counts: Counter[str] = Counter()

    def write(self, file: LandingFile, day: Day) -> None:
        """Book a day's spend, then write the pages fetched at its end."""
        number, rng = day.number, self.rng
        clicks = np.bincount(day.click_ad, minlength=len(brand.OCEAN_ADS))
        self.clicks[number] = clicks
        self.cost[number] = clicks * rng.integers(95, 210, len(clicks)) + rng.integers(
            200, 3000, len(clicks)
        )
        self.shows[number] = clicks * rng.integers(30, 55, len(clicks)) + 100
        self.converts[number] = rng.binomial(clicks, 0.06)
        rows = [
            self._row(past, ad, number - past)
            for past in range(max(0, number - RESTATED_DAYS + 1), number + 1)
            for ad in range(len(brand.OCEAN_ADS))
        ]
        pages = -(-len(rows) // REPORT_PAGE)
        fetched = day.start + DAY_MS - 600_000
        for page in range(1, pages + 1):
            request = {
                "advertiser_id": brand.ADVERTISER_ID,
                "start_time": beijing_date(day.start - (RESTATED_DAYS - 1) * DAY_MS),
                "end_time": beijing_date(day.start),
                "page": page,
                "page_size": REPORT_PAGE,
            }
            data = {
                "rows": rows[(page - 1) * REPORT_PAGE : page * REPORT_PAGE],
                "page_info": {
                    "page": page,
                    "page_size": REPORT_PAGE,
                    "total_number": len(rows),
                    "total_page": pages,
                },
            }
            answer = {"code": 0, "message": "OK", "request_id": f"Q{fetched}{page}", "data": data}
            file.write(pull_line(fetched + page * 1000, request, answer))
            self.counts["ocean_report_rows"] += len(data["rows"])

    def _row(self, day: int, ad_code: int, age: int) -> dict[str, dict[str, str]]:
        ad = brand.OCEAN_ADS[ad_code]
        percent = 94 if age == 0 else 98 if age == 1 else 97 if age >= 5 and day % 3 == 0 else 100
        cost = int(self.cost[day, ad_code]) * percent // 100
        if age and cost != self.seen[day, ad_code]:
            self.counts["ocean_costs_restated"] += 1
        self.seen[day, ad_code] = cost
        converts = int(self.converts[day, ad_code]) * min(4 + age, 10) // 10
        return {
            "dimensions": {
                "stat_time_day": beijing_date(self.first_ms + day * DAY_MS),
                "cdp_project_id": ad.project_id,
                "cdp_project_name": ad.project_name,
                "cdp_promotion_id": ad.promotion_id,
                "cdp_promotion_name": ad.promotion_name,
            },
            "metrics": {
                "stat_cost": yuan_text(cost),
                "show_cnt": str(self.shows[day, ad_code]),
                "click_cnt": str(self.clicks[day, ad_code]),
                "convert_cnt": str(converts),
            },
        }


def write_sms_reports(file: LandingFile, people: People, day: Day, counts: Counter[str]) -> None:
    """Write the delivery reports of a day's campaign, pushed in batches."""
    for begin in range(0, len(day.sms_person), SMS_BATCH):
        rows = slice(begin, begin + SMS_BATCH)
        reports = []
        sent = int(day.sms_time[rows][0])
        for person, delivered in zip(
            day.sms_person[rows].tolist(), day.sms_delivered[rows].tolist(), strict=True
        ):
            reports.append(
                {
                    "phone_number": people.phone_on(day.number, person),
                    "send_time": beijing_text(sent),
                    "report_time": beijing_text(sent + 3000),
                    "success": delivered,
                    "err_code": "DELIVERED" if delivered else "MK:0010",
                    "err_msg": "用户接收成功" if delivered else "空号",
                    "sms_size": "1",
                    "biz_id": sms_batch_id(day, begin),
                    "out_id": sms_campaign_id(day),
                }
            )
            counts["sms_reports"] += 1
            counts["sms_delivered"] += delivered
        body = orjson.dumps(reports).decode()
        file.write(
            gateway_line(
                sent + 5000, "POST", "/sms/report", "", "47.96.0.8", "Aliyun-SMS/1.0",
                "application/json;charset=utf-8", body,
            )
        )  # fmt: skip


def sms_batch_id(day: Day, row: int) -> str:
    """Return the biz_id shared by the messages sent together."""
    return f"{932_702_304_000_000_000 + day.start // 1000 * 1000 + row // SMS_BATCH}^0"


def sms_campaign_id(day: Day) -> str:
    """Return our campaign id, which the vendor hands back as out_id."""
    name = brand.SMS_CAMPAIGNS[day.sms_campaign]
    return f"{beijing_date(day.start).replace('-', '')}-{name}"


class DeclaredFiles:
    """Writes the brand's own CSV files, which ingestion knows only from their declaration."""

    def __init__(self, folder: Path, people: People) -> None:
        """Open the files and write their headers."""
        self.people = people
        self.douyin = LandingFile(folder / "douyin_behaviour.csv")
        self.taobao = LandingFile(folder / "taobao_behaviour.csv")
        self.spend = LandingFile(folder / "ad_spend.csv")
        self.douyin.write("用户ID,行为,时间,商品ID\r\n".encode("gbk"))
        self.taobao.write("buyer_open_uid,行为,time,item\n".encode())
        self.spend.write(b"date,channel,campaign,impressions,clicks,cost\n")
        self.counts: Counter[str] = Counter()
        self.daily_spend: dict[str, dict[str, int]] = {
            "baidu_sem": {},
            "xiaohongshu": {},
            "sms": {},
        }

    def write(self, day: Day) -> None:
        """Append a day."""
        rng = np.random.default_rng([self.people.seed, 11, day.number])
        self.douyin.write(
            self._behaviour(
                rng,
                self.people.doudian_ids(day.douyin_person),
                day.douyin_time,
                ("商品点击", "商品点击", "商品收藏", "加入购物车"),
                "\r\n",
                "douyin_behaviour_rows",
            ).encode("gbk")
        )
        self.taobao.write(
            self._behaviour(
                rng,
                self.people.taobao_uids(day.taobao_person),
                day.taobao_time,
                ("宝贝浏览", "宝贝浏览", "收藏", "加购"),
                "\n",
                "taobao_behaviour_rows",
            ).encode()
        )
        self.spend.write(self._spend_rows(rng, day).encode())

    def _behaviour(
        self,
        rng: np.random.Generator,
        ids: list[str],
        time: np.ndarray,
        acts: tuple[str, ...],
        newline: str,
        count: str,
    ) -> str:
        self.counts[count] += len(ids)
        act = rng.integers(0, len(acts), len(ids)).tolist()
        product = rng.integers(0, len(brand.PRODUCTS), len(ids)).tolist()
        return "".join(
            f"{name},{acts[a]},{beijing_text(t)},{brand.PRODUCTS[p].item}{newline}"
            for name, a, t, p in zip(ids, act, time.tolist(), product, strict=True)
        )

    def _spend_rows(self, rng: np.random.Generator, day: Day) -> str:
        date = beijing_date(day.start)
        rows = []
        for channel, campaigns, prices in (
            ("baidu_sem", [name for name, _ in brand.BAIDU_CAMPAIGNS], BAIDU_COST_FEN),
            ("xiaohongshu", brand.XIAOHONGSHU_CAMPAIGNS, XIAOHONGSHU_COST_FEN),
        ):
            its = day.visits.channel == brand.CHANNEL[channel]
            clicks = np.bincount(day.visits.variant[its], minlength=len(campaigns)).tolist()
            for campaign, count, price in zip(campaigns, clicks, prices, strict=True):
                shows = count * int(rng.integers(20, 60)) + 50
                rows.append((channel, campaign, shows, count, count * price + 100))
        if day.sms_campaign >= 0:
            sent = len(day.sms_person)
            rows.append(
                ("sms", brand.SMS_CAMPAIGNS[day.sms_campaign], sent, 0, sent * brand.SMS_FEN_EACH)
            )
        for channel, _, _, _, cost in rows:
            spent = self.daily_spend[channel]
            spent[date] = spent.get(date, 0) + cost
        self.counts["ad_spend_rows"] += len(rows)
        return "".join(
            f"{date},{channel},{campaign},{shows},{clicks},{cost}\n"
            for channel, campaign, shows, clicks, cost in rows
        )

    def close(self) -> None:
        """Close the files."""
        for file in (self.douyin, self.taobao, self.spend):
            file.close()
