"""Where people go online from, and with what: homes, offices and mobile networks share addresses.

An address is no person's. A household has one, which its provider changes from time to time and
gives to somebody else; colleagues share their company's; a mobile network puts hundreds of people
behind one. Who is on which is computed from (seed, person, time), as identifiers are.
"""

import numpy as np

from ingestion.sample_brand.catalogue import (
    APP_AGENTS,
    BROWSER_AGENTS,
    IPHONES,
    PHONE_AGENTS,
    PHONE_MODELS,
    WEB_VIEW,
    WECHAT_SUFFIX,
)
from ingestion.sample_brand.journeys import APP, MINI_PROGRAM, WEB
from ingestion.sample_brand.people import People, token
from ingestion.sample_brand.wire import DAY_MS

ADDRESS, HOUSEHOLD, COMPANY, WHEREABOUTS, MODEL = range(14, 19)

FAMILY_SHARE, COUPLE_SHARE, WORKING_SHARE, MOBILE_SHARE = 15, 40, 55, 45
"""Percent: households of four, of two, who works at a company, visits by mobile network."""
COLLEAGUES = 25
PEOPLE_A_GATEWAY = 400
LEASE_DAYS = np.array([10_000, 30, 10])
HOMES_A_HOUSEHOLD = 2
"""Addresses that providers have for each household: one is given to others later."""
_HOME, _OFFICE, _GATEWAY = range(3)
_BLOCKS = (36, 58, 101, 112, 117, 120, 183, 223)
_BEIJING_MS = 8 * 3_600_000


def addresses(people: People, person: np.ndarray, time: np.ndarray, phone: np.ndarray) -> list[str]:
    """Return the IP address of each visit.

    Args:
        people: everybody.
        person: who it is.
        time: epoch ms.
        phone: whether a phone is used, which can be on a mobile network.
    """
    local = time + _BEIJING_MS
    day, hour = local // DAY_MS, local % DAY_MS // 3_600_000
    whereabouts = token(people.seed, WHEREABOUTS, person * 65_536 + day)
    is_mobile = phone & (whereabouts % np.uint64(100) < MOBILE_SHARE)
    works = token(people.seed, COMPANY, person) % np.uint64(100) < WORKING_SHARE
    at_work = works & ((day + 3) % 7 < 5) & (hour >= 9) & (hour < 18) & ~is_mobile
    kind = np.where(is_mobile, _GATEWAY, np.where(at_work, _OFFICE, _HOME))
    number = np.where(
        is_mobile,
        _one_of(whereabouts >> np.uint64(8), people.count // PEOPLE_A_GATEWAY + 4),
        np.where(
            at_work,
            _one_of(token(people.seed, COMPANY, person, 1), people.count // COLLEAGUES + 1),
            _homes(people, person, day),
        ),
    )
    return [
        f"{_BLOCKS[b & 7]}.{b >> 8 & 255}.{b >> 16 & 255}.{1 + (b >> 24) % 254}"
        for b in token(people.seed, ADDRESS, number, kind).tolist()
    ]


def _homes(people: People, person: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the number of the address that each person's household has on a day."""
    household = households(people, person)
    lease = LEASE_DAYS[_one_of(token(people.seed, HOUSEHOLD, household, 1), len(LEASE_DAYS))]
    period = day // lease
    return _one_of(
        token(people.seed, HOUSEHOLD, household * 65_536 + period, 2),
        people.count * HOMES_A_HOUSEHOLD,
    )


def households(people: People, person: np.ndarray) -> np.ndarray:
    """Return the first person of each one's household: alone, two or four of a row."""
    pair, four = person // 2 * 2, person // 4 * 4
    second = np.minimum(pair + 1, people.count - 1)
    is_person = person < people.count
    lends = is_person & people.borrows_device[np.where(is_person, second, 0)]
    is_couple = lends | _some(people, pair, 3, COUPLE_SHARE)
    is_family = _some(people, four, 4, FAMILY_SHARE)
    return np.where(is_family, four, np.where(is_couple, pair, person))


def agents(
    people: People, owner: np.ndarray, platform: np.ndarray, wechat: np.ndarray
) -> list[str]:
    """Return the user agent of each visit.

    Args:
        people: everybody.
        owner: whose phone or computer it is.
        platform: WEB, H5, APP or MINI_PROGRAM.
        wechat: whether a page is opened inside of WeChat.
    """
    ios = people.on_ios[np.where(owner < people.count, owner, 0)]
    models = token(people.seed, MODEL, owner)
    return [
        _agent(on_ios, model, its_platform, in_wechat)
        for on_ios, model, its_platform, in_wechat in zip(
            ios.tolist(), models.tolist(), platform.tolist(), wechat.tolist(), strict=True
        )
    ]


def phones(people: People, owner: np.ndarray) -> list[tuple[str, str]]:
    """Return (version of the system, model) of each one's phone, as its system tells apps."""
    ios = people.on_ios[np.where(owner < people.count, owner, 0)]
    return [
        _phone(on_ios, model)
        for on_ios, model in zip(
            ios.tolist(), token(people.seed, MODEL, owner).tolist(), strict=True
        )
    ]


def _phone(on_ios: bool, model: int) -> tuple[str, str]:
    written = PHONE_MODELS[on_ios][model % len(PHONE_MODELS[on_ios])]
    if on_ios:
        return written.replace("_", "."), IPHONES[model // len(PHONE_MODELS[1]) % len(IPHONES)]
    version, name = written.split("; ")
    return version, name


def _agent(on_ios: bool, model: int, platform: int, wechat: bool) -> str:
    if platform == WEB and not wechat:
        return BROWSER_AGENTS[model % len(BROWSER_AGENTS)]
    if platform == APP:
        return APP_AGENTS[on_ios]
    models = PHONE_MODELS[on_ios]
    written = models[model % len(models)]
    if wechat or platform == MINI_PROGRAM:
        return PHONE_AGENTS[on_ios].format(written + ("" if on_ios else WEB_VIEW)) + WECHAT_SUFFIX
    return PHONE_AGENTS[on_ios].format(written)


def _some(people: People, owner: np.ndarray, slot: int, percent: int) -> np.ndarray:
    return token(people.seed, HOUSEHOLD, owner, slot) % np.uint64(100) < percent


def _one_of(bits: np.ndarray, count: int) -> np.ndarray:
    return (bits % np.uint64(count)).astype(np.int64)
