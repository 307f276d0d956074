"""The world, one day at a time: hidden intent, touches, visits and the purchases they cause.

Each touch of channel c adds `effect_c` to a person's daily conversion hazard, halving every five
days, on top of a baseline driven by hidden intent. Intent also drives some exposures (brand
search, direct visits), so those channels look good without doing anything. Purchases never change
later exposure; therefore switching a channel's effect off with the same random numbers is exact
within one pass, and `effects` holds what would have been lost.
"""

from dataclasses import dataclass

import numpy as np

from ingestion.sample_brand.catalogue import (
    ACCOUNT_ARTICLES,
    BAIDU_CAMPAIGNS,
    CHANNEL,
    CHANNELS,
    LAWS,
    OCEAN_ADS,
    REFERRERS,
    SMS_CAMPAIGNS,
    STORES,
    XIAOHONGSHU_CAMPAIGNS,
)
from ingestion.sample_brand.people import CLICK, NOISE, STRANGERS, TABLETS, People, token
from ingestion.sample_brand.wire import DAY_MS

WEB, H5, APP, MINI_PROGRAM = range(4)
ON_WEB, IN_APP, IN_MINI_PROGRAM, ON_TAOBAO, IN_STORE = range(5)
BORROWED, DEVICE_SLOT, BORROWED_APP, MINI_SLOT, TABLET_SLOT = 3, 4, 5, 6, 7
REAL, BOT, OFFICE, TEST_PROJECT = range(4)
SUBSCRIBE, SCAN, MENU_CLICK, MENU_VIEW, TEXT, UNSUBSCRIBE = range(6)

HALF_LIFE_DAYS = 5
BASELINE_HAZARD = 0.0018
SMS_EVERY_DAYS = 5
BORROWED_SHARE = 0.5
COMPUTER_ONLY_SHARE = 25
"""Percent of those who have one browser: it is not on a phone."""
_HOURS = np.repeat(
    np.arange(24), [10, 5, 3, 2, 2, 4, 12, 28, 44, 52, 56, 58, 66, 60, 50, 48, 48, 50, 58, 72,
                    88, 92, 64, 32]
)  # fmt: skip
LAST_START_MS = DAY_MS - 25 * 60_000
"""No visit starts later, so none crosses midnight."""


@dataclass
class Visits:
    """Visits of one day in order of start, one array a field.

    Attributes:
        person: who it is (bots, staff and testers from STRANGERS on).
        channel: what brought them, as a code of CHANNELS.
        platform: WEB, H5, APP or MINI_PROGRAM.
        start: epoch ms of the first event.
        pages: events after the first one, without order and identity events.
        variant: the campaign, ad or page of the channel.
        click: the bits of the click id, 0 where there is none.
        slot: which cookie or device: own cookies 0-2, then BORROWED, DEVICE_SLOT, ...
        logged_in: whether the member logs in.
        signs_up: whether this login is the first on this cookie or device.
        binds_phone: whether the phone is bound in this visit.
        kind: REAL, BOT, OFFICE or TEST_PROJECT.
        is_touch: whether the visit is the touch itself, not the landing of another one.
    """

    person: np.ndarray
    channel: np.ndarray
    platform: np.ndarray
    start: np.ndarray
    pages: np.ndarray
    variant: np.ndarray
    click: np.ndarray
    slot: np.ndarray
    logged_in: np.ndarray
    signs_up: np.ndarray
    binds_phone: np.ndarray
    kind: np.ndarray
    is_touch: np.ndarray

    def __len__(self) -> int:
        """Return the number of visits."""
        return len(self.person)

    def device_owner(self) -> np.ndarray:
        """Return whose phone or computer it is, which may be the partner's."""
        return self.person - np.isin(self.slot, (BORROWED, BORROWED_APP))

    def anonymous_owner(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (owner, slot) of the cookie, which may be a partner's or a store tablet's."""
        owner, slot = self.device_owner(), self.slot.copy()
        borrowed = slot == BORROWED
        tablet = slot >= TABLET_SLOT
        owner[tablet] = TABLETS + slot[tablet] - TABLET_SLOT
        slot[borrowed | tablet] = 0
        return owner, slot

    def anonymous_ids(self, people: People) -> list[str]:
        """Return the cookie, app install or mini program id of each visit."""
        ids = np.empty(len(self), dtype=object)
        owner, slot = self.anonymous_owner()
        app, mini = self.platform == APP, self.platform == MINI_PROGRAM
        web = ~(app | mini)
        ids[web] = people.cookies(owner[web], slot[web])
        ids[app] = people.devices(owner[app])
        ids[mini] = people.mini_ids(owner[mini])
        return ids.tolist()


@dataclass
class Day:
    """Everything that happened on one day; each pair is (person, epoch ms)."""

    number: int
    start: int
    visits: Visits
    click_person: np.ndarray
    click_time: np.ndarray
    click_ad: np.ndarray
    click_bits: np.ndarray
    click_monitored: np.ndarray
    account_person: np.ndarray
    account_time: np.ndarray
    account_kind: np.ndarray
    account_store: np.ndarray
    sms_campaign: int
    sms_person: np.ndarray
    sms_time: np.ndarray
    sms_delivered: np.ndarray
    taobao_person: np.ndarray
    taobao_time: np.ndarray
    douyin_person: np.ndarray
    douyin_time: np.ndarray
    buyer: np.ndarray
    buyer_place: np.ndarray
    buyer_time: np.ndarray
    buyer_visit: np.ndarray


class World:
    """The state that days hand on: intent, remembered touches, who follows and has logged in."""

    def __init__(self, people: People, days: int, first_ms: int, activity: float) -> None:
        """Start before the first day."""
        self.people = people
        self.days = days
        self.first_ms = first_ms
        # busier people come more often and stay longer, up to eight pages a visit
        self.visits = max(min(activity, activity**0.5), activity * 2.4 / 9.4)
        self.pages = max(1.0, 2.4 * activity / self.visits - 1.4)
        self.intent = np.random.default_rng([people.seed, 2]).normal(0, 0.8, people.count)
        self.memory = {
            name: np.zeros(people.count, dtype=np.float32)
            for name, law in LAWS.items()
            if law.effect
        }
        self.following = people.followed_before.copy()
        self.signed_up = np.zeros(people.count, dtype=np.int16)
        self.phone_bound = np.zeros(people.count, dtype=bool)
        self.effects = {name: [0.0, 0] for name in CHANNELS}
        self.conversions = 0

    def live(self, number: int) -> Day:
        """Simulate the next day."""
        people = self.people
        rng = np.random.default_rng([people.seed, 3, number])
        start = self.first_ms + number * DAY_MS
        self.intent = 0.9 * self.intent + rng.normal(0, 0.8 * 0.19**0.5, people.count)
        touches = {name: self._touch(rng, name, start) for name in CHANNELS if name != "sms"}
        campaign, sms_person, sms_time, delivered = self._send_sms(rng, number, start)
        touches["sms"] = (sms_person[delivered], sms_time[delivered])
        buyer, place, buy_time = self._convert(rng, touches, start)

        ads, ad_time = touches["douyin_ads"]
        ad = rng.integers(0, len(OCEAN_ADS), len(ads))
        bits = token(people.seed, CLICK, (np.arange(len(ads)) << 16) + number) | np.uint64(1)
        landed = rng.random(len(ads)) < 0.6
        monitored = ~landed | (rng.random(len(ads)) < 0.95)

        account = self._account_events(rng, touches)
        visits, buyer_visit = self._visits(
            rng,
            number,
            start,
            touches,
            (ads, ad_time, ad, bits, landed),
            buyer,
            place,
            buy_time,
            campaign,
        )
        return Day(
            number, start, visits, ads, ad_time, ad, bits, monitored, *account,
            campaign, sms_person, sms_time, delivered, *touches["taobao"],
            *touches["douyin_organic"], buyer, place, buy_time, buyer_visit,
        )  # fmt: skip

    def _clock(self, rng: np.random.Generator, start: int, count: int) -> np.ndarray:
        hour = _HOURS[rng.integers(0, len(_HOURS), count)]
        return start + np.minimum(
            hour * 3_600_000 + rng.integers(0, 3_600_000, count), LAST_START_MS
        )

    def _touch(
        self, rng: np.random.Generator, name: str, start: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw (person, time) of the day's touches of a channel, in order of time."""
        people, law = self.people, LAWS[name]
        weight = np.exp(law.intent_power * self.intent)
        eligible = {
            "wechat_official_account": people.follows_account,
            "wechat_mini_program": people.has_mini_program,
            "taobao": people.shops_taobao,
            "douyin_organic": people.on_douyin,
            "store": people.follows_account,
        }.get(name)
        if eligible is not None:
            weight = weight * eligible
        if name == "direct":
            weight = weight * (1 + 1.5 * people.has_app)
        reach = np.cumsum(weight)
        count = rng.poisson(reach[-1] * law.daily_rate * self.visits)
        person = np.searchsorted(reach, rng.random(count) * reach[-1], side="right")
        return person, np.sort(self._clock(rng, start, count))

    def _send_sms(
        self, rng: np.random.Generator, number: int, start: int
    ) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
        if number % SMS_EVERY_DAYS != 3 % SMS_EVERY_DAYS:
            nobody = np.zeros(0, dtype=np.int64)
            return -1, nobody, nobody, nobody.astype(bool)
        # one message a number
        person = np.flatnonzero((rng.random(self.people.count) < 0.22) & ~self.people.shares_phone)
        time = start + 10 * 3_600_000 + np.sort(rng.integers(0, 300, len(person))) * 1000
        campaign = number // SMS_EVERY_DAYS % len(SMS_CAMPAIGNS)
        return campaign, person, time, rng.random(len(person)) < 0.94

    def _convert(
        self,
        rng: np.random.Generator,
        touches: dict[str, tuple[np.ndarray, np.ndarray]],
        start: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw who buys today, where and when, and tally what each channel contributed."""
        people = self.people
        decay = np.float32(0.5 ** (1 / HALF_LIFE_DAYS))
        hazard = BASELINE_HAZARD * np.exp(self.intent)
        added = {}
        for name, memory in self.memory.items():
            memory *= decay
            memory += np.bincount(touches[name][0], minlength=people.count).astype(np.float32)
            # busier worlds have more touches of less effect each, so orders stay believable
            share = 1.0 if name == "sms" else self.visits
            added[name] = LAWS[name].effect / share * memory
            hazard = hazard + added[name]
        chance = 1 - np.exp(-hazard * people.appetite)
        luck = rng.random(people.count)
        buys = luck < chance
        for name, part in added.items():
            without = 1 - np.exp(-(hazard - part) * people.appetite)
            self.effects[name][0] += float((chance - without).sum())
            self.effects[name][1] += int((buys & (luck >= without)).sum())
        buyer = np.flatnonzero(buys)
        self.conversions += len(buyer)
        choice = rng.random((len(buyer), 5)) ** (
            1
            / np.column_stack(
                [
                    np.full(len(buyer), 0.25),
                    0.3 * people.has_app[buyer] + 1e-9,
                    0.3 * people.has_mini_program[buyer] + 1e-9,
                    0.45 * people.shops_taobao[buyer] + 1e-9,
                    np.full(len(buyer), 0.15),
                ]
            )
        )
        place = choice.argmax(axis=1)
        for name, its_place in (("store", IN_STORE), ("taobao", ON_TAOBAO)):
            came = np.isin(buyer, touches[name][0]) & (rng.random(len(buyer)) < 0.6)
            place[came] = its_place
        latest = np.zeros(people.count, dtype=np.int64)
        for person, time in touches.values():
            np.maximum.at(latest, person, time)
        earliest = np.maximum(latest[buyer] + 300_000, start + 8 * 3_600_000)
        room = np.maximum(start + LAST_START_MS + 900_000 - earliest, 1000)
        return buyer, place, earliest + (rng.random(len(buyer)) * room).astype(np.int64)

    def _account_events(
        self, rng: np.random.Generator, touches: dict[str, tuple[np.ndarray, np.ndarray]]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        chat, chat_time = touches["wechat_official_account"]
        shop, shop_time = touches["store"]
        person = np.concatenate([chat, shop])
        time = np.concatenate([chat_time, shop_time])
        kind = np.concatenate(
            [
                rng.choice([MENU_CLICK, MENU_VIEW, TEXT], len(chat), p=[0.5, 0.4, 0.1]),
                np.full(len(shop), SCAN),
            ]
        )
        store = np.concatenate([np.full(len(chat), -1), rng.integers(0, len(STORES), len(shop))])
        order = np.lexsort((person, time))
        person, time, kind, store = person[order], time[order], kind[order], store[order]
        _, first = np.unique(person, return_index=True)
        new = first[~self.following[person[first]]]
        kind[new] = SUBSCRIBE
        self.following[person] = True
        _, backwards = np.unique(person[::-1], return_index=True)
        last = len(person) - 1 - backwards
        leaving = last[rng.random(len(last)) < 0.01]
        self.following[person[leaving]] = False
        return (
            np.concatenate([person, person[leaving]]),
            np.concatenate([time, time[leaving] + 600_000]),
            np.concatenate([kind, np.full(len(leaving), UNSUBSCRIBE)]),
            np.concatenate([store, np.full(len(leaving), -1)]),
        )

    def _visits(
        self,
        rng: np.random.Generator,
        number: int,
        start: int,
        touches: dict[str, tuple[np.ndarray, np.ndarray]],
        clicks: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
        buyer: np.ndarray,
        place: np.ndarray,
        buy_time: np.ndarray,
        campaign: int,
    ) -> tuple[Visits, np.ndarray]:
        """Turn touches into visits, add purchase visits and strangers, decide who logs in."""
        people = self.people
        parts: list[tuple[np.ndarray, ...]] = []

        def add(
            name: str,
            who: tuple[np.ndarray, np.ndarray],
            platform: np.ndarray | int,
            variants: np.ndarray | int = 1,
            click: np.ndarray | int = 0,
            is_touch: bool = False,
            kind: int = REAL,
            slot: np.ndarray | int = -1,
        ) -> None:
            person, time = who
            size = len(person)
            variant = (
                variants if isinstance(variants, np.ndarray) else rng.integers(0, variants, size)
            )
            full = [
                np.broadcast_to(np.asarray(value), size)
                for value in (
                    CHANNEL[name],
                    platform,
                    variant,
                    np.asarray(click).astype(np.uint64),
                    is_touch,
                    kind,
                    slot,
                )
            ]
            parts.append((person, time, *full))

        def either(name: str, share: float) -> np.ndarray:
            return np.where(rng.random(len(touches[name][0])) < share, H5, WEB)

        ads, ad_time, ad, bits, landed = clicks
        lag = rng.integers(2_000, 9_000, len(ads))
        add("douyin_ads", (ads[landed], (ad_time + lag)[landed]), H5, ad[landed], bits[landed])
        searches = np.arange(len(touches["baidu_sem"][0])) << 16
        add("baidu_sem", touches["baidu_sem"], either("baidu_sem", 0.6), len(BAIDU_CAMPAIGNS),
            token(people.seed, CLICK, searches + number, 1), is_touch=True)  # fmt: skip
        add("baidu_organic", touches["baidu_organic"], either("baidu_organic", 0.6), is_touch=True)
        add("xiaohongshu", touches["xiaohongshu"], H5, len(XIAOHONGSHU_CAMPAIGNS), is_touch=True)
        add("referral", touches["referral"], either("referral", 0.4), len(REFERRERS),
            is_touch=True)  # fmt: skip
        add("wechat_mini_program", touches["wechat_mini_program"], MINI_PROGRAM, 3, is_touch=True)
        direct = touches["direct"][0]
        on_app = people.has_app[direct] & (rng.random(len(direct)) < 0.75)
        platform = np.where(on_app, APP, either("direct", 0.5))
        add("direct", touches["direct"], platform, is_touch=True)
        for name, share, delay, variant in (
            ("wechat_official_account", 0.3, 20_000, len(ACCOUNT_ARTICLES)),
            ("sms", 0.06, 7_200_000, np.array(campaign)),
        ):
            person, time = touches[name]
            lands = rng.random(len(person)) < share
            later = time + rng.integers(3_000, delay, len(person))
            add(name, (person[lands], later[lands]), H5, variant)
        shop, shop_time = touches["store"]
        tablet = people.is_member[shop] & (rng.random(len(shop)) < 0.35)
        add("direct", (shop[tablet], shop_time[tablet] + 120_000), WEB, is_touch=True,
            slot=TABLET_SLOT + rng.integers(0, 2, int(tablet.sum())))  # fmt: skip

        reached = np.concatenate([part[0] for part in parts])
        where = np.concatenate([part[3] for part in parts])
        online = place < ON_TAOBAO
        wanted = np.where(place == ON_WEB, WEB, np.where(place == IN_APP, APP, MINI_PROGRAM))
        of_site = where <= H5
        came = np.where(
            wanted == WEB,
            np.isin(buyer, reached[of_site & (np.concatenate([p[8] for p in parts]) < 0)]),
            np.where(
                wanted == APP,
                np.isin(buyer, reached[where == APP]),
                np.isin(buyer, reached[where == MINI_PROGRAM]),
            ),
        )
        comes = online & ~came
        for its_place, platform_code, name in (
            (ON_WEB, WEB, "direct"),
            (IN_APP, APP, "direct"),
            (IN_MINI_PROGRAM, MINI_PROGRAM, "wechat_mini_program"),
        ):
            pick = comes & (place == its_place)
            add(name, (buyer[pick], buy_time[pick]), platform_code, is_touch=True)

        size = sum(len(part[0]) for part in parts)
        for kind, share in ((BOT, 0.010), (OFFICE, 0.005), (TEST_PROJECT, 0.003)):
            count = int(rng.poisson(size * share))
            stranger = STRANGERS + (number << 24) + (kind << 22) + np.arange(count)
            if kind == OFFICE:
                stranger = STRANGERS + rng.integers(0, 20, count)
            add("direct", (stranger, self._clock(rng, start, count)), WEB, kind=kind)

        columns = [np.concatenate([part[n] for part in parts]) for n in range(9)]
        columns[1] = np.minimum(columns[1], start + LAST_START_MS)
        order = np.lexsort((columns[0], columns[1]))
        person, time, channel, platform, variant, click, is_touch, kind, slot = (
            column[order] for column in columns
        )
        # who has one browser has it on the phone, or on a computer
        real = np.where(kind == REAL, person, 0)
        one_browser = (kind == REAL) & (platform <= H5) & (people.cookie_count[real] == 1)
        at_computer = token(people.seed, NOISE, real) % np.uint64(100) < COMPUTER_ONLY_SHARE
        platform = np.where(
            one_browser & (slot < TABLET_SLOT), np.where(at_computer, WEB, H5), platform
        )
        visits = self._log_in(
            rng,
            number,
            Visits(
                person=person,
                channel=channel,
                platform=platform,
                start=time,
                pages=np.minimum(rng.geometric(1 / (1 + self.pages), len(person)) - 1, 30),
                variant=variant,
                click=click.astype(np.uint64),
                slot=slot,
                logged_in=np.zeros(len(person), dtype=bool),
                signs_up=np.zeros(len(person), dtype=bool),
                binds_phone=np.zeros(len(person), dtype=bool),
                kind=kind,
                is_touch=is_touch,
            ),
        )
        return visits, self._visit_of_buyer(visits, buyer, place)

    def _log_in(self, rng: np.random.Generator, number: int, visits: Visits) -> Visits:
        people = self.people
        person, platform = visits.person, visits.platform
        real = visits.kind == REAL
        who = np.where(real, person, 0)
        tablet = visits.slot >= TABLET_SLOT
        own = _own_cookie(people.cookie_count[who], platform, rng.random(len(person)))
        borrowed = people.borrows_device[who] & (rng.random(len(person)) < BORROWED_SHARE)
        slot = np.where(borrowed, BORROWED, own)
        on_app = np.where(borrowed & people.borrows_app[who], BORROWED_APP, DEVICE_SLOT)
        slot = np.where(platform == APP, on_app, slot)
        slot = np.where(platform == MINI_PROGRAM, MINI_SLOT, slot)
        slot = np.where(tablet, visits.slot, slot)
        visits.slot = np.where(real, slot, 0)

        chance = np.array([0.35, 0.35, 0.80, 0.50])[platform]
        in_last_days = number >= self.days * 0.9
        chance = np.where(people.logs_in_late[who], 0.9 * in_last_days, chance)
        # a new number is soon brought to the account
        changes_phone = people.changes_phone[who]
        chance = np.where(changes_phone, 0.9, chance)
        logs_in = people.logs_in[who] & (rng.random(len(person)) < chance)
        visits.logged_in = real & (logs_in | tablet)

        bit = np.int16(1) << visits.slot.astype(np.int16)
        first_time = np.flatnonzero(visits.logged_in & ((self.signed_up[who] & bit) == 0))
        _, first = np.unique(person[first_time] * 16 + visits.slot[first_time], return_index=True)
        signs_up = first_time[first]
        visits.signs_up[signs_up] = True
        np.bitwise_or.at(self.signed_up, person[signs_up], bit[signs_up])

        luck = rng.random(len(person))
        binds = visits.signs_up & ~tablet & (luck < 0.45)
        in_wechat = real & (platform == MINI_PROGRAM) & ~self.phone_bound[who] & (luck < 0.12)
        self.phone_bound[people.has_next_phone_on == number] = False
        is_new = visits.logged_in & ~tablet & changes_phone & ~self.phone_bound[who]
        may_bind = in_wechat | is_new
        _, first = np.unique(person[may_bind], return_index=True)
        binds[np.flatnonzero(may_bind)[first]] = True
        visits.binds_phone = binds
        self.phone_bound[person[binds]] = True
        return visits

    def _visit_of_buyer(self, visits: Visits, buyer: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Return the visit each online purchase closes: the buyer's last one on that platform."""
        found = np.full(len(buyer), -1)
        groups = (
            (ON_WEB, (visits.platform <= H5) & (visits.slot < DEVICE_SLOT)),
            (IN_APP, visits.platform == APP),
            (IN_MINI_PROGRAM, visits.platform == MINI_PROGRAM),
        )
        for its_place, usable in groups:
            row = np.flatnonzero(usable & (visits.kind == REAL))
            last = np.full(self.people.count, -1)
            last[visits.person[row]] = row
            mine = place == its_place
            found[mine] = last[buyer[mine]]
        return found


def _own_cookie(count: np.ndarray, platform: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Return which browser it is: 0 the phone's, 1 the computer's, 2 another one on the phone."""
    on_phone = np.where((count > 2) & (luck > 0.75), 2, 0)
    return np.where(platform == WEB, np.minimum(1, count - 1), on_phone)
