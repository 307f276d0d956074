"""Who the people are and which identifiers each of them leaves behind.

Identifiers are never stored: each is computed from (seed, kind, person, slot), so memory stays
a few bytes a person and any file can be written without looking at another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingestion.sample_brand.catalogue import ACCOUNT_APPID, MINI_PROGRAM_APPID

COOKIE, DEVICE, OAID, IMEI, IDFA, MINI, MINI_OPENID, OPENID, UNIONID = range(9)
TAOBAO_UID, TAOBAO_OUID, DOUDIAN_ID, CLICK, NOISE = range(9, 14)

TABLETS = 1 << 40
"""Owners from here on are store tablets, not people."""
STRANGERS = 1 << 41
"""Owners from here on are bots, staff and testers."""
SHARED_PHONE_SHARE = 0.15
RECYCLED_PHONE_SHARE = 0.005
RESTING_DAYS = 95
"""How long a carrier keeps a number that was given up, at most half of the days."""


def mix(values: np.ndarray) -> np.ndarray:
    """Scramble 64-bit integers (splitmix64), the same on every machine."""
    values = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def token(seed: int, kind: int, owner: np.ndarray, slot: np.ndarray | int = 0) -> np.ndarray:
    """Return the 64 random-looking bits behind one identifier of each owner."""
    key = np.asarray(owner).astype(np.uint64) * np.uint64(16) + np.asarray(slot).astype(np.uint64)
    salt = mix(np.array([seed * 64 + kind]))
    return mix(key ^ salt)


def _hex_pairs(bits: np.ndarray) -> Iterator[tuple[int, int]]:
    return zip(bits.tolist(), mix(bits).tolist(), strict=True)


def _uuid(high: int, low: int) -> str:
    text = f"{high:016X}{low:016X}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def member_of(person: int) -> str:
    """Return the member number."""
    return f"M{8_000_001 + person}"


def phone_text(number: int) -> str:
    """Return the national number; 170/171 with leading zeros is not assigned to anyone."""
    return f"{17_000_000_001 + number}"


def phone_as_written(phone: str, style: int) -> str:
    """Return the phone as people and systems type it."""
    if style == 1:
        return f"+86 {phone}"
    if style == 2:
        return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    if style == 3:
        return f"86{phone}"
    return phone


@dataclass(frozen=True)
class People:
    """Traits of every person as one array a trait.

    A phone is the place of its number among all numbers; the next one is had from a day on, by
    most people after the last day.
    """

    count: int
    days: int
    seed: int
    is_member: np.ndarray
    logs_in: np.ndarray
    logs_in_late: np.ndarray
    on_ios: np.ndarray
    has_app: np.ndarray
    has_mini_program: np.ndarray
    follows_account: np.ndarray
    followed_before: np.ndarray
    has_unionid: np.ndarray
    shops_taobao: np.ndarray
    on_douyin: np.ndarray
    borrows_device: np.ndarray
    shares_phone: np.ndarray
    phone: np.ndarray
    next_phone: np.ndarray
    has_next_phone_on: np.ndarray
    cookie_count: np.ndarray
    phone_style: np.ndarray
    appetite: np.ndarray

    @property
    def changes_phone(self) -> np.ndarray:
        """Return who gives up a number, or gets one that somebody else gave up."""
        return self.has_next_phone_on < self.days

    @property
    def borrows_app(self) -> np.ndarray:
        """Return who sometimes uses the app on the partner's device."""
        return self.borrows_device & self.has_app & np.roll(self.has_app, 1)

    def phone_on(self, day: int, person: int) -> str:
        """Return the national number that a person has on a day."""
        later = day >= self.has_next_phone_on[person]
        return phone_text(int((self.next_phone if later else self.phone)[person]))

    def cookies(self, owner: np.ndarray, slot: np.ndarray | int) -> list[str]:
        """Return web cookies as the Sensors JS SDK makes them."""
        pairs = _hex_pairs(token(self.seed, COOKIE, owner, slot))
        return [f"{a >> 8:014x}-{b >> 8:014x}-74257a5c-1296000" for a, b in pairs]

    def devices(self, owner: np.ndarray) -> list[str]:
        """Return app installs: an Android id, or an IDFV on iOS."""
        ios = self.on_ios[owner].tolist()
        pairs = _hex_pairs(token(self.seed, DEVICE, owner))
        return [_uuid(a, b) if i else f"{a:016x}" for i, (a, b) in zip(ios, pairs, strict=True)]

    def mini_ids(self, owner: np.ndarray) -> list[str]:
        """Return the anonymous ids of the mini program SDK."""
        return [f"{a >> 4:015x}-{b >> 12:013x}" for a, b in self._pairs(MINI, owner)]

    def oaids(self, owner: np.ndarray) -> list[str]:
        """Return OAIDs (Android)."""
        return [f"{a:016x}{b:016x}" for a, b in self._pairs(OAID, owner)]

    def imei_md5s(self, owner: np.ndarray) -> list[str]:
        """Return md5 hashes of IMEIs (Android)."""
        return [f"{a:016x}{b:016x}" for a, b in self._pairs(IMEI, owner)]

    def idfas(self, owner: np.ndarray) -> list[str]:
        """Return IDFAs (iOS)."""
        return [_uuid(a, b) for a, b in self._pairs(IDFA, owner)]

    def mini_openids(self, owner: np.ndarray) -> list[str]:
        """Return openids within the mini program."""
        return [f"oHJm{a:016x}{b >> 32:08x}" for a, b in self._pairs(MINI_OPENID, owner)]

    def openids(self, owner: np.ndarray) -> list[str]:
        """Return openids within the official account."""
        return [f"oHJg{a:016x}{b >> 32:08x}" for a, b in self._pairs(OPENID, owner)]

    def unionids(self, owner: np.ndarray) -> list[str]:
        """Return unionids; empty where the Open Platform binds nothing."""
        bound = self.has_unionid[owner].tolist()
        pairs = self._pairs(UNIONID, owner)
        return [
            f"o6_h{a:016x}{b >> 32:08x}" if has else ""
            for has, (a, b) in zip(bound, pairs, strict=True)
        ]

    def taobao_uids(self, owner: np.ndarray) -> list[str]:
        """Return buyer_open_uid of the Taobao Open Platform app."""
        return [f"AAH{a:016x}{b >> 44:05x}" for a, b in self._pairs(TAOBAO_UID, owner)]

    def taobao_ouids(self, owner: np.ndarray) -> list[str]:
        """Return ouid of the Taobao merchant."""
        return [f"AAG{a:016x}{b >> 44:05x}" for a, b in self._pairs(TAOBAO_OUID, owner)]

    def doudian_ids(self, owner: np.ndarray) -> list[str]:
        """Return doudian_open_id, encrypted within the Douyin shop."""
        return [f"1@#{a:016x}{b >> 16:012x}" for a, b in self._pairs(DOUDIAN_ID, owner)]

    def _pairs(self, kind: int, owner: np.ndarray) -> Iterator[tuple[int, int]]:
        return _hex_pairs(token(self.seed, kind, owner))


def make_people(count: int, days: int, seed: int) -> People:
    """Draw the traits of every person."""
    rng = np.random.default_rng([seed, 1])

    def some(share: float, among: np.ndarray | None = None) -> np.ndarray:
        chosen = rng.random(count) < share
        return chosen if among is None else chosen & among

    is_member = some(0.55)
    logs_in = some(0.75, is_member)
    borrows = some(0.08)
    borrows[0::2] = False  # a couple is (2k, 2k+1): the second one borrows
    follows = some(0.45)
    late = some(0.12, logs_in)
    shares = np.random.default_rng([seed, 12]).random(count) < SHARED_PHONE_SHARE
    shares &= borrows
    alone = ~borrows & ~np.roll(borrows, -1)
    phone, next_phone, has_next_phone_on = _phones(seed, days, shares, logs_in & ~late & alone)
    return People(
        count=count,
        days=days,
        seed=seed,
        is_member=is_member,
        logs_in=logs_in,
        logs_in_late=late,
        on_ios=some(0.35),
        has_app=some(0.30),
        has_mini_program=some(0.50),
        follows_account=follows,
        followed_before=some(0.5, follows),
        has_unionid=some(0.80),
        shops_taobao=some(0.45),
        on_douyin=some(0.25),
        borrows_device=borrows,
        shares_phone=shares,
        phone=phone,
        next_phone=next_phone,
        has_next_phone_on=has_next_phone_on,
        cookie_count=rng.choice(np.array([1, 2, 3], dtype=np.int8), count, p=[0.62, 0.28, 0.10]),
        phone_style=rng.choice(np.arange(4, dtype=np.int8), count, p=[0.70, 0.12, 0.12, 0.06]),
        appetite=np.exp(rng.normal(-0.18, 0.6, count)).astype(np.float32),
    )


def _phones(
    seed: int, days: int, shares: np.ndarray, may_change: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return everybody's number, the next one, and the day from which it is had.

    Some members give up their number for a new one; carriers let it rest, then another member
    has it.
    """
    count = len(shares)
    phone = np.arange(count) - shares
    next_phone = phone.copy()
    has_next_on = np.full(count, days, dtype=np.int32)
    chosen = np.random.default_rng([seed, 13]).permutation(np.flatnonzero(may_change))
    pairs = min(max(1, int(count * RECYCLED_PHONE_SHARE)), len(chosen) // 2)
    first, last = chosen[:pairs], chosen[pairs : 2 * pairs]
    given_up = days // 5
    next_phone[first], next_phone[last] = count + np.arange(pairs), phone[first]
    has_next_on[first] = given_up
    has_next_on[last] = given_up + min(days // 2, RESTING_DAYS)
    return phone, next_phone, has_next_on


def identifier_rows(
    people: People, block: np.ndarray
) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Yield (owners, columns) of the true identifiers of a block of people, raw values."""

    def rows(mask: np.ndarray, kind: str, values: Any, namespace: str = "") -> Any:
        owner = block[mask[block]]
        made = values(owner)
        return owner, {
            "identifier_type": [kind] * len(owner),
            "namespace": [namespace] * len(owner),
            "identifier_value": made,
        }

    everyone = np.ones(people.count, dtype=bool)
    android = ~people.on_ios
    for mask, phone in ((everyone, people.phone), (people.changes_phone, people.next_phone)):
        yield rows(mask, "phone", lambda o, p=phone: [f"+86{phone_text(n)}" for n in p[o].tolist()])
    yield rows(people.is_member, "member_id", lambda o: [member_of(p) for p in o.tolist()])
    for slot in range(3):
        mask = people.cookie_count > slot
        yield rows(mask, "cookie_id", lambda o, s=slot: people.cookies(o, s))
    yield rows(people.borrows_device, "cookie_id", lambda o: people.cookies(o - 1, 0))
    yield rows(people.has_app, "device_id", people.devices)
    yield rows(android, "oaid", people.oaids)
    yield rows(android, "imei_md5", people.imei_md5s)
    yield rows(people.on_ios, "idfa", people.idfas)
    borrows, on_partners_ios = people.borrows_app, np.roll(people.on_ios, 1)
    yield rows(borrows, "device_id", lambda o: people.devices(o - 1))
    yield rows(borrows & ~on_partners_ios, "oaid", lambda o: people.oaids(o - 1))
    yield rows(borrows & on_partners_ios, "idfa", lambda o: people.idfas(o - 1))
    yield rows(people.has_mini_program, "wechat_open_id", people.mini_openids, MINI_PROGRAM_APPID)
    yield rows(people.follows_account, "wechat_open_id", people.openids, ACCOUNT_APPID)
    in_wechat = people.has_mini_program | people.follows_account
    yield rows(people.has_unionid & in_wechat, "wechat_union_id", people.unionids)
    yield rows(people.shops_taobao, "taobao_open_uid", people.taobao_uids)
    yield rows(people.on_douyin, "doudian_open_id", people.doudian_ids)
