"""What marketing automation and the CRM tell: coupons, A/B tests, and leads that sales works on.

All of it befalls people whom a text message reached, under the number it went to, so nobody is met
here first; and all of it is drawn apart from what people do elsewhere, which it does not change.
"""

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import orjson

from ingestion.sample_brand.advertising import sms_campaign_id
from ingestion.sample_brand.journeys import Day
from ingestion.sample_brand.orders import SiteOrder
from ingestion.sample_brand.people import People
from ingestion.sample_brand.wire import DAY_MS, LandingFile, beijing_text, pull_line

COUPON_SHARE = 0.1
CLAIM_SHARE = 0.3
USE_SHARE = 0.8
COUPON_DAYS = 30
LEAD_SHARE = 0.01
ANSWERED_SHARE = 0.85
MINUTE_MS = 60_000
EXPERIMENTS = (
    ("sms_copy_2026q3", ("offer_first", "news_first")),
    ("sms_hour_2026q3", ("morning", "evening")),
)


class OperationsWriter:
    """Writes marketing_automation/ and fxiaoke_crm/; keeps coupons and what sales does later."""

    def __init__(self, people: People, days: int, first_ms: int) -> None:
        """Start without coupons, tests or leads."""
        self.people = people
        self.end = first_ms + days * DAY_MS
        self.counts: Counter[str] = Counter()
        self.coupons: dict[int, dict[str, Any]] = {}
        self.exposed: set[int] = set()
        self.objects: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)

    def write(
        self, log: LandingFile, crm: LandingFile, day: Day, orders: dict[int, SiteOrder]
    ) -> None:
        """Write the log of automation and the objects of the CRM that changed on a day."""
        rng = np.random.default_rng([self.people.seed, 12, day.number])
        lines = []
        for person, time, delivered in zip(
            day.sms_person.tolist(), day.sms_time.tolist(), day.sms_delivered.tolist(), strict=True
        ):
            chance = rng.random(4).tolist()
            if not delivered:
                continue
            who = {"phone": self.people.phone_on(day.number, person)}
            lines += self._exposures(person, time, who, chance[0])
            if chance[1] < COUPON_SHARE:
                lines += self._coupon(person, time, who, sms_campaign_id(day), chance[2])
            if chance[3] < LEAD_SHARE:
                self._lead(rng, day.number, time + int(90 * MINUTE_MS * (1 + chance[0])), who)
        lines += self._used(rng, orders)
        for line in lines:
            log.write(orjson.dumps(line) + b"\n")
        self.counts["automation_rows"] += len(lines)
        self._changed(crm, day)

    def _exposures(
        self, person: int, time: int, who: dict[str, str], chance: float
    ) -> list[dict[str, Any]]:
        """Return the tests that a person comes into with the first message."""
        if person in self.exposed:
            return []
        self.exposed.add(person)
        return [
            {
                "log_id": f"X{number}-{person}",
                "event": "experiment_exposure",
                "occurred_at": beijing_text(time - 1000),
                "experiment_id": name,
                "variant": variants[int(chance * (number + 2) * 2) % 2],
                **who,
            }
            for number, (name, variants) in enumerate(EXPERIMENTS)
        ]

    def _coupon(
        self, person: int, time: int, who: dict[str, str], campaign: str, chance: float
    ) -> list[dict[str, Any]]:
        """Return the issue of a coupon, and its claim if there is one; it waits for an order."""
        name = f"{campaign[:8]}{person:06d}"
        coupon = {
            "coupon_id": f"K{name}",
            "coupon_batch_id": f"B{campaign[:6]}",
            "campaign_id": campaign,
            "amount": 20,
            **who,
        }
        self.coupons[person] = coupon | {"_since": time}
        issue = {"log_id": f"I{name}", "event": "coupon_issue", "occurred_at": beijing_text(time)}
        rows = [issue | coupon]
        claimed = time + int(chance * 10 * 60 * MINUTE_MS)
        if chance < CLAIM_SHARE and claimed < self.end:
            claim = {"event": "coupon_claim", "occurred_at": beijing_text(claimed)}
            rows.append(coupon | claim | {"log_id": f"C{name}", "channel": "sms"})
        return rows

    def _used(self, rng: np.random.Generator, orders: dict[int, SiteOrder]) -> list[dict[str, Any]]:
        rows = []
        for order in orders.values():
            wants = rng.random() < USE_SHARE
            coupon = self.coupons.get(order.person)
            if not coupon or not wants or not order.is_paid:
                continue
            if 0 <= order.time - coupon["_since"] < COUPON_DAYS * DAY_MS:
                used = {name: value for name, value in coupon.items() if name != "_since"}
                used |= {"log_id": f"U{order.order_id}", "event": "coupon_redeem"}
                used |= {"occurred_at": beijing_text(order.time), "order_id": order.order_id}
                rows.append(used)
                del self.coupons[order.person]
        return rows

    def _lead(
        self, rng: np.random.Generator, number: int, created: int, who: dict[str, str]
    ) -> None:
        """Plan a lead's life in the CRM: an owner, a first call or none, a deal or none."""
        self.counts["leads"] += 1
        name = f"68fa{number:04d}{self.counts['leads']:06d}"
        owner = f"10{int(rng.integers(1, 6)):02d}"
        answered, qualified, dealt, signed = (
            rng.random(4) < (ANSWERED_SHARE, 0.5, 0.5, 0.6)
        ).tolist()
        wait = int(np.exp(rng.normal(3.6, 1.5)) * MINUTE_MS)
        days = np.cumsum(rng.integers(1, 7, 3) * DAY_MS).tolist()
        lead = {
            "_id": name,
            "object_describe_api_name": "LeadsObj",
            "name": "短信回访",
            "mobile": who["phone"],
            "source__r": "短信活动",
            "owner": [owner],
            "create_time": created,
            "is_deleted": False,
        }
        assigned = created + 2 * MINUTE_MS
        self._plan(created, lead | {"leads_status": "un_assigned"})
        self._plan(assigned, lead | {"leads_status": "un_processed", "assigned_time": assigned})
        if not answered:
            return
        called = created + wait
        call = {"_id": f"{name}a", "object_describe_api_name": "ActiveRecordObj"}
        call |= {"active_record_type__r": "电话", "leads_id": name, "owner": [owner]}
        self._plan(called, call | {"create_time": called, "is_deleted": False})
        self._plan(called + MINUTE_MS, lead | {"leads_status": "processed", "leads_stage": "MQL"})
        if not qualified:
            self._plan(called + days[2], lead | {"leads_status": "closed"})
            return
        turned = called + days[0]
        contact = {"contact_id": f"{name}p"}
        self._plan(
            turned, lead | contact | {"leads_status": "transformed", "transform_time": turned}
        )
        if not dealt:
            return
        deal = {"_id": f"{name}o", "object_describe_api_name": "NewOpportunityObj"}
        deal |= {"leads_id": name, "owner": [owner], "amount": "6999.00", "is_deleted": False}
        stage = {"sales_stage__r": "方案报价", "sales_status__r": "进行中"}
        self._plan(called + days[1], deal | stage)
        if not signed:
            return
        closed = called + days[2]
        stage = {"sales_stage__r": "赢单", "sales_status__r": "赢单", "stg_changed_time": closed}
        self._plan(closed, deal | stage)
        contract = {"_id": f"{name}c", "object_describe_api_name": "ContractObj", **contact}
        contract |= {"new_opportunity_id": deal["_id"], "contract_amount": "6999.00"}
        contract |= {"life_status": "normal", "owner": [owner], "is_deleted": False}
        self._plan(closed + DAY_MS, contract | {"create_time": closed + DAY_MS})

    def _plan(self, time: int, changed: dict[str, Any]) -> None:
        """Have an object change at a time; after the last day nobody looks."""
        if time < self.end:
            day = (self.end - 1 - time) // DAY_MS
            self.objects[day].append(changed | {"last_modified_time": time})

    def _changed(self, file: LandingFile, day: Day) -> None:
        left = (self.end - 1 - day.start) // DAY_MS
        changed: dict[str, list[dict[str, Any]]] = {}
        for known in sorted(self.objects.pop(left, []), key=lambda it: it["last_modified_time"]):
            changed.setdefault(known["object_describe_api_name"], []).append(known)
        for name, objects in changed.items():
            request = {"data": {"dataObjectApiName": name, "search_query_info": {"limit": 100}}}
            answer = {"errorCode": 0, "data": {"dataList": objects, "total": len(objects)}}
            file.write(pull_line(day.start + DAY_MS - 300_000, request, answer))
            self.counts["crm_objects"] += len(objects)
