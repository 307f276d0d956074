"""Official account callbacks (XML) and the follower details pulled for new followers."""

from collections import Counter
from typing import Any

import numpy as np

from ingestion.sample_brand.catalogue import (
    ACCOUNT_APPID,
    ACCOUNT_ARTICLES,
    ACCOUNT_GH_ID,
    H5,
    STORES,
)
from ingestion.sample_brand.journeys import MENU_CLICK, MENU_VIEW, SCAN, SUBSCRIBE, TEXT, Day
from ingestion.sample_brand.people import People
from ingestion.sample_brand.wire import LandingFile, gateway_line, pull_line

REPEATED_SHARE = 0.03
# One follower in so many who came by a code is reported as having scanned it, too.
SCANNED_TOO = 3
BATCH = 100
_AGENT = "Mozilla/4.0"
_SERVERS = ("101.226.103.10", "140.207.54.75", "61.151.217.45")


class WechatWriter:
    """Writes wechat_oa/ and wechat_users/ and keeps when each person followed last."""

    def __init__(self, people: People, first_ms: int) -> None:
        """Start with the followers of before, who followed in the year before the first day."""
        self.people = people
        self.counts: Counter[str] = Counter()
        rng = np.random.default_rng([people.seed, 7])
        self.earlier = first_ms // 1000 - rng.integers(86_400, 365 * 86_400, people.count)

    def write(self, events: LandingFile, users: LandingFile, day: Day) -> None:
        """Write the callbacks of a day and the details of those who followed on it."""
        rng = np.random.default_rng([self.people.seed, 8, day.number])
        order = np.lexsort((day.account_person, day.account_time))
        person, kind = day.account_person[order], day.account_kind[order]
        time, store = day.account_time[order] // 1000, day.account_store[order]
        repeats = np.where(
            rng.random(len(person)) < REPEATED_SHARE, rng.integers(1, 3, len(person)), 0
        )
        nonces = rng.integers(100_000_000, 999_999_999, len(person)).tolist()
        rows = zip(
            self.people.openids(person),
            kind.tolist(),
            time.tolist(),
            store.tolist(),
            repeats.tolist(),
            nonces,
            strict=True,
        )
        for openid, its_kind, seconds, its_store, again, nonce in rows:
            acts = [(its_kind, seconds)]
            if its_kind == SUBSCRIBE and its_store >= 0 and nonce % SCANNED_TOO == 0:
                acts.append((SCAN, seconds + 2))
                self.counts["scans_that_led_to_following"] += 1
            for act, at in acts:
                body = _xml(openid, act, at, its_store, nonce)
                for n in range(1 + again):
                    query = (
                        f"signature={nonce * 977:040x}&timestamp={at + 5 * n}"
                        f"&nonce={nonce + n}&openid={openid}"
                    )
                    events.write(
                        gateway_line(
                            at * 1000 + 350 + 5000 * n,
                            "POST",
                            f"/wechat/{ACCOUNT_GH_ID}",
                            query,
                            _SERVERS[nonce % 3],
                            _AGENT,
                            "text/xml",
                            body,
                        )
                    )
                self.counts["wechat_callbacks"] += 1
                self.counts["wechat_callbacks_repeated"] += again
        self._users(users, day, person, kind, time, store)

    def _users(
        self,
        file: LandingFile,
        day: Day,
        person: np.ndarray,
        kind: np.ndarray,
        time: np.ndarray,
        store: np.ndarray,
    ) -> None:
        new = kind == SUBSCRIBE
        followers, since, scene = person[new], time[new], store[new]
        if day.number == 0:
            before = np.flatnonzero(self.people.followed_before)
            followers = np.concatenate([before, followers])
            since = np.concatenate([self.earlier[before], since])
            scene = np.concatenate([np.full(len(before), -1), scene])
        fetched = day.start + 86_399_000
        for begin in range(0, len(followers), BATCH):
            rows = slice(begin, begin + BATCH)
            part = followers[rows]
            details = [
                _user(*row)
                for row in zip(
                    self.people.openids(part),
                    self.people.unionids(part),
                    since[rows].tolist(),
                    scene[rows].tolist(),
                    strict=True,
                )
            ]
            request = {"api": "cgi-bin/user/info/batchget", "appid": ACCOUNT_APPID}
            file.write(pull_line(fetched, request, {"user_info_list": details}))
            self.counts["wechat_users"] += len(details)


def _xml(openid: str, kind: int, seconds: int, store: int, nonce: int) -> str:
    head = (
        f"<xml><ToUserName><![CDATA[{ACCOUNT_GH_ID}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{seconds}</CreateTime>"
    )
    if kind == TEXT:
        return (
            f"{head}<MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[请问面霜什么时候有活动？]]></Content>"
            f"<MsgId>{2_400_000_000_000_000_000 + nonce * 1_000_003}</MsgId></xml>"
        )
    scene = f"{_scene(store)}" if store >= 0 else ""
    event, key = {
        SUBSCRIBE: ("subscribe", f"qrscene_{scene}" if scene else ""),
        SCAN: ("SCAN", scene),
        MENU_CLICK: ("CLICK", f"MENU_{ACCOUNT_ARTICLES[nonce % 3]}"),
        MENU_VIEW: ("VIEW", f"{H5}/a/{1024 + nonce % 3}"),
    }.get(kind, ("unsubscribe", ""))
    ticket = "<Ticket><![CDATA[gQH47joAAAAAAAAAASxo]]></Ticket>" if scene else ""
    return (
        f"{head}<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>"
        f"<EventKey><![CDATA[{key}]]></EventKey>{ticket}</xml>"
    )


def _scene(store: int) -> str:
    return f"store{STORES[store].number[1:]}_guide{store + 1:02d}"


def _user(openid: str, unionid: str, since: int, store: int) -> dict[str, Any]:
    user: dict[str, Any] = {"subscribe": 1, "openid": openid, "language": "zh_CN"}
    if unionid:
        user["unionid"] = unionid
    scene = "ADD_SCENE_QR_CODE" if store >= 0 else "ADD_SCENE_SEARCH"
    return user | {
        "subscribe_time": since,
        "remark": "",
        "groupid": 0,
        "tagid_list": [2] if store >= 0 else [],
        "subscribe_scene": scene,
        "qr_scene": 0,
        "qr_scene_str": _scene(store) if store >= 0 else "",
    }
