"""Sensors Analytics requests of the web site, the app and the mini program.

The JSON of an event is glued from three ready-made texts (what the visit repeats, what the page
repeats, and the three numbers of the event): that is what makes tens of millions affordable.
Half of the web visits send every event on its own (`data=`), the others and the mini program
send batches (`data_list=`), the app sends gzipped batches.
"""

import zlib
from binascii import b2a_base64
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote as _quote

import numpy as np

from ingestion.sample_brand import catalogue as brand
from ingestion.sample_brand.journeys import (
    APP,
    BOT,
    H5,
    MINI_PROGRAM,
    OFFICE,
    TEST_PROJECT,
    WEB,
    Day,
    Visits,
)
from ingestion.sample_brand.networks import addresses, agents, phones
from ingestion.sample_brand.orders import SiteOrder
from ingestion.sample_brand.people import TABLETS, People, member_of, phone_as_written
from ingestion.sample_brand.wire import (
    BEIJING_MS,
    DAY_MS,
    LandingFile,
    beijing_text,
    sensors_checksums,
    utc_text,
    utc_texts,
    yuan_text,
)

CHUNK_VISITS = 300
RETRY_SHARE = 0.01
LATE_SHARE = 0.03
BANNER_SHARE = 0.06
FORM_SHARE = 0.012
UNREPLACED_SHARE = 0.02

_LIBS = (
    '{"$lib":"js","$lib_method":"code","$lib_version":"1.27.11"}',
    '{"$lib":"js","$lib_method":"code","$lib_version":"1.27.11"}',
    '{"$lib":"Android","$lib_version":"6.8.2","$app_version":"3.6.1"}',
    '{"$lib":"MiniProgram","$lib_method":"code","$lib_version":"1.20.6"}',
)
_IOS_LIB = '{"$lib":"iOS","$lib_version":"4.9.3","$app_version":"3.6.1"}'
# opened by hand: from the list of recent ones, from the list of saved ones
_SCENES = ("wx-1089", "wx-1001", "wx-1103")


def _mid(event: str, properties: str) -> str:
    return f'{properties}}},"type":"track","event":"{event}","time":'


def _product(product: brand.Product) -> str:
    return (
        f',"product_id":"{product.sku}","product_name":"{product.name}",'
        f'"price":{product.price / 100:g}'
    )


def _body_mids() -> list[tuple[list[str], list[str]]]:
    """Return, for each platform, 512 equally likely page texts and the names of their events."""
    web = [f',"$url":"{brand.WEB}{path}","$referrer":"{brand.WEB}/"' for path in ("/", "/all")]
    h5 = [f',"$url":"{brand.H5}{path}","$referrer":"{brand.H5}/"' for path in ("/", "/all")]
    app = [f',"$screen_name":"{name}"' for name in ("HomeActivity", "CategoryActivity")]
    mini = [f',"$url_path":"pages/{name}/{name}"' for name in ("index", "list")]
    places = (
        ("$pageview", web, f',"$url":"{brand.WEB}/p/{{sku}}","$referrer":"{brand.WEB}/all"'),
        ("$pageview", h5, f',"$url":"{brand.H5}/p/{{sku}}","$referrer":"{brand.H5}/all"'),
        ("$AppViewScreen", app, ',"$screen_name":"ProductActivity"'),
        ("$MPViewScreen", mini, ',"$url_path":"pages/product/product"'),
    )
    made = []
    for platform, (view, pages, item_page) in enumerate(places):
        texts: list[tuple[str, str]] = []
        for n in range(512):
            product = brand.PRODUCTS[n % len(brand.PRODUCTS)]
            item = item_page.replace("{sku}", product.sku) + _product(product)
            if n < 240:
                event, properties = "ViewProduct", item
            elif n < 300:
                event, properties = "AddCart", item
            elif n < 304 and platform != APP:
                event, properties = brand.UNMAPPED_EVENT, pages[0] + ',"prize":"优惠券"'
            elif n < 330 and platform <= H5:
                event, properties = "$WebClick", item + ',"$element_content":"收藏"'
            elif n < 325 and platform == MINI_PROGRAM:
                event, properties = "$MPShare", item + ',"$share_depth":1'
            else:
                event, properties = view, pages[n % 2]
            texts.append((_mid(event, properties), event))
        made.append(([text for text, _ in texts], [event for _, event in texts]))
    return made


_BODY = _body_mids()
_GZIPPED = "gzip=1&data_list="
_KINDS = ("", "bot_events", "office_events", "test_project_events")


quote = lru_cache(maxsize=256)(_quote)


def _next_track(track: int) -> int:
    return (track * 7 + 13) % 900_000_000 + 100_000_000


class SensorsWriter:
    """Writes sensors/YYYY-MM-DD.jsonl.gz and keeps late app batches for the day they arrive."""

    def __init__(self, people: People, days: int) -> None:
        """Start with nothing pending."""
        self.people = people
        self.days = days
        self.pending: dict[int, list[bytes]] = {}
        self.counts: Counter[str] = Counter()
        self.events: Counter[str] = Counter()

    def write(self, file: LandingFile, day: Day, orders: dict[int, SiteOrder]) -> None:
        """Write the requests received on a day."""
        late = self.pending.pop(day.number, [])
        file.write(b"".join(late))
        rng = np.random.default_rng([self.people.seed, 4, day.number])
        scenes = np.random.default_rng([self.people.seed, 13, day.number])
        for begin in range(0, len(day.visits), CHUNK_VISITS):
            rows = slice(begin, begin + CHUNK_VISITS)
            visits = Visits(**{name: value[rows] for name, value in vars(day.visits).items()})
            file.write(self._chunk(rng, scenes, day.number, visits, orders, begin))

    def _chunk(
        self,
        rng: np.random.Generator,
        scenes: np.random.Generator,
        number: int,
        visits: Visits,
        orders: dict[int, SiteOrder],
        begin: int,
    ) -> bytes:
        """Build the events of some visits, pack them into requests, return the lines."""
        size = len(visits)
        platforms = visits.platform.tolist()
        kinds = visits.kind.tolist()
        heads, anonymous_heads, identities = self._heads(visits)
        firsts = self._first_mids(rng, visits)
        ends = np.cumsum(visits.pages + 1)
        total = int(ends[-1]) if size else 0
        step = rng.integers(4_000, 45_000, total)
        run = np.cumsum(step)
        opening = np.concatenate([[0], ends[:-1]])
        owner = np.repeat(np.arange(size), visits.pages + 1)
        times = (visits.start[owner] + run - run[opening][owner]).tolist()
        tracks = rng.integers(100_000_000, 1_000_000_000, total).tolist()
        drawn = rng.integers(0, 512, total)
        self._count_pages(visits, owner, drawn)
        codes = drawn.tolist()
        bounds = [0, *ends.tolist()]
        in_batch = (rng.random(size) < 0.5).tolist()
        retried = (rng.random(size) < RETRY_SHARE).tolist()
        late_by = np.where(
            (visits.platform == APP) & (rng.random(size) < LATE_SHARE),
            rng.integers(1, 6, size),
            0,
        )
        arrival = np.minimum(number + late_by, self.days - 1).tolist()
        special = (
            visits.signs_up | visits.binds_phone | (visits.platform == MINI_PROGRAM)
        ).tolist()
        scene = scenes.random((size, 2)).tolist()
        counts, names = self.counts, self.events

        payloads: list[bytes] = []
        bodies: list[str] = []
        senders: list[int] = []
        received: list[int] = []
        for row, (low, high) in enumerate(pairwise(bounds)):
            platform, head = platforms[row], heads[row]
            mids = _BODY[platform][0]
            when, track = times[low:high], tracks[low:high]
            first, name = firsts[row]
            texts = [head + mids[code] for code in codes[low + 1 : high]]
            texts.insert(0, (anonymous_heads[row] or head) + first)
            names[name] += 1
            if special[row]:
                added = list(self._identity_events(number, visits, row, identities[row], head))
                for n, (text, name) in enumerate(added, start=1):
                    texts.insert(n, text)
                    when.insert(n, when[0] + 900 * n)
                    track.insert(n, _next_track(track[n - 1]))
                    names[name] += 1
            if begin + row in orders:
                for text, name, time in self._order_events(platform, orders[begin + row], when[-1]):
                    texts.append(head + text)
                    when.append(time)
                    track.append(_next_track(track[-1]))
                    names[name] += 1
            if platform <= H5 and not kinds[row]:
                for text, name, lag in _scene_events(platform, *scene[row]):
                    texts.append(head + text)
                    when.append(when[-1] + lag)
                    track.append(_next_track(track[-1]))
                    names[name] += 1

            count = len(texts)
            last = when[-1]
            stay = arrival[row] - number
            if kinds[row]:
                counts[_KINDS[kinds[row]]] += count
            if retried[row]:
                counts["duplicate_events"] += count
            if stay:
                counts["late_events"] += count
            counts["events"] += count
            if platform <= H5 and not in_batch[row]:
                payloads += [
                    f'{text}{time},"_track_id":{key},"_flush_time":{time + 14}}}'.encode()
                    for text, time, key in zip(texts, when, track, strict=True)
                ]
                received += [time + 116 for time in when]
                bodies += ["data="] * count
                senders += [row] * count
                continue
            # a late batch arrives early on its day, whatever the hour it was recorded
            lag = stay * DAY_MS - (last + BEIJING_MS) % DAY_MS // 3 if stay else 14
            flush = f',"_flush_time":{last + lag}}}'
            joined = ",".join(
                [
                    f'{text}{time},"_track_id":{key}{flush}'
                    for text, time, key in zip(texts, when, track, strict=True)
                ]
            )
            payload = f"[{joined}]".encode()
            payloads.append(zlib.compress(payload, 1, 31) if platform == APP else payload)
            received.append(last + lag + 102)
            bodies.append(_GZIPPED if platform == APP else "data_list=")
            senders.append(row)
        return self._lines(visits, payloads, bodies, senders, received, retried, arrival, number)

    def _count_pages(self, visits: Visits, owner: np.ndarray, codes: np.ndarray) -> None:
        """Count the page events of some visits by name; the first of a visit is not one."""
        is_page = np.ones(len(owner), dtype=bool)
        is_page[np.cumsum(visits.pages + 1) - visits.pages - 1] = False
        pages = np.bincount(visits.platform[owner[is_page]] * 512 + codes[is_page], minlength=2048)
        for index in np.flatnonzero(pages).tolist():
            self.events[_BODY[index // 512][1][index % 512]] += int(pages[index])

    def _lines(
        self,
        visits: Visits,
        payloads: list[bytes],
        bodies: list[str],
        senders: list[int],
        received: list[int],
        retried: list[bool],
        arrival: list[int],
        number: int,
    ) -> bytes:
        """Return the gateway lines of requests; keep those that arrive on a later day."""
        encoded = [b2a_base64(payload, newline=False) for payload in payloads]
        checksums = sensors_checksums(encoded)
        escaped = (
            b"\n".join(encoded)
            .replace(b"+", b"%2B")
            .replace(b"/", b"%2F")
            .replace(b"=", b"%3D")
            .decode("ascii")
            .split("\n")
        )
        heads = self._request_heads(visits)
        requests = [
            f'{heads[row]}{body}{text}"}}\n'
            if body is _GZIPPED
            else f'{heads[row]}{body}{text}&ext=crc%3D{checksum}"}}\n'
            for body, row, text, checksum in zip(bodies, senders, escaped, checksums, strict=True)
        ]
        lines = [
            f'{{"received_at":"{time}{request}'
            for time, request in zip(utc_texts(received), requests, strict=True)
        ]
        self.counts["requests"] += len(lines)
        if not any(retried) and max(arrival, default=number) == number:
            return "".join(lines).encode()
        kept = []
        for line, row, time, request in zip(lines, senders, received, requests, strict=True):
            copies = [line]
            if retried[row]:
                copies.append(f'{{"received_at":"{utc_text(time + 3000)}{request}')
                self.counts["duplicate_requests"] += 1
            if arrival[row] > number:
                self.pending.setdefault(arrival[row], []).append("".join(copies).encode())
                self.counts["late_requests"] += 1
            else:
                kept += copies
        return "".join(kept).encode()

    def _request_heads(self, visits: Visits) -> list[str]:
        """Return everything between the time and the body of a request, for each visit."""
        content = (
            "text/plain",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json",
        )
        owner, _ = visits.anonymous_owner()
        in_wechat = visits.channel == brand.CHANNEL["wechat_official_account"]
        # a tablet is where its store is, whoever holds it
        person = np.where(owner >= TABLETS, owner, visits.person)
        heads = []
        for kind, platform, number, address, agent in zip(
            visits.kind.tolist(),
            visits.platform.tolist(),
            visits.person.tolist(),
            addresses(self.people, person, visits.start, visits.platform != WEB),
            agents(self.people, owner, visits.platform, in_wechat),
            strict=True,
        ):
            if kind == BOT:
                agent = brand.BOT_AGENTS[number % len(brand.BOT_AGENTS)]
            elif kind == OFFICE:
                address = f"{brand.OFFICE_NETWORK}{10 + number % 20}"
            project = "default" if kind == TEST_PROJECT else "production"
            heads.append(
                f'","method":"POST","path":"/sa.gif","query":"project={project}","ip":"{address}",'
                f'"user_agent":"{agent}","content_type":"{content[platform]}","body":"'
            )
        return heads

    def _heads(self, visits: Visits) -> tuple[list[str], list[str], list[tuple[str, str, str]]]:
        """Return what every event of a visit begins with, logged in and before the login.

        The third list holds (anonymous id, identities, what follows the ids) of each visit.
        """
        people = self.people
        anonymous = visits.anonymous_ids(people)
        mini = visits.platform == MINI_PROGRAM
        app = visits.platform == APP
        openids = dict(
            zip(
                np.flatnonzero(mini).tolist(),
                zip(
                    people.mini_openids(visits.person[mini]),
                    people.unionids(visits.person[mini]),
                    strict=True,
                ),
                strict=True,
            )
        )
        ios = np.zeros(len(visits), dtype=bool)
        ios[app] = people.on_ios[visits.device_owner()[app]]
        models = dict(
            zip(
                np.flatnonzero(app).tolist(),
                phones(people, visits.device_owner()[app]),
                strict=True,
            )
        )
        traffic = self._traffic(visits)
        heads, before, identities = [], [], []
        for row, (name, platform, person, login, on_ios, signs_up) in enumerate(
            zip(
                anonymous,
                visits.platform.tolist(),
                visits.person.tolist(),
                visits.logged_in.tolist(),
                ios.tolist(),
                visits.signs_up.tolist(),
                strict=True,
            )
        ):
            lib = _LIBS[platform]
            if platform <= H5:
                ids = f'"$identity_cookie_id":"{name}"'
                common = (
                    f'"$timezone_offset":-480,"$lib":"js","$lib_version":"1.27.11",'
                    f'"$latest_traffic_source_type":"{traffic[row]}"'
                )
            elif platform == APP:
                key = "$identity_idfv" if on_ios else "$identity_android_id"
                ids = f'"{key}":"{name}"'
                system = "iOS" if on_ios else "Android"
                version, model = models[row]
                lib = _IOS_LIB if on_ios else lib
                common = (
                    f'"$timezone_offset":-480,"$lib":"{system}","$os":"{system}",'
                    f'"$os_version":"{version}","$model":"{model}",'
                    f'"$app_id":"com.huajian.app","$device_id":"{name}"'
                )
            else:
                openid, unionid = openids[row]
                ids = f'"$identity_mp_id":"{name}","$identity_mp_openid":"{openid}"'
                if unionid:
                    ids += f',"$identity_mp_unionid":"{unionid}"'
                scene = _SCENES[person % 3]
                common = (
                    f'"$timezone_offset":-480,"$lib":"MiniProgram",'
                    f'"$app_id":"{brand.MINI_PROGRAM_APPID}","$latest_scene":"{scene}"'
                )
            rest = f'"lib":{lib},"anonymous_id":"{name}","properties":{{{common}'
            anonymous_head = f'{{"identities":{{{ids}}},"distinct_id":"{name}",{rest}'
            if login:
                member = member_of(person)
                heads.append(
                    f'{{"identities":{{{ids},"$identity_login_id":"{member}"}},'
                    f'"distinct_id":"{member}","login_id":"{member}",{rest}'
                )
            else:
                heads.append(anonymous_head)
            before.append(anonymous_head if signs_up else "")
            identities.append((name, ids, rest))
        return heads, before, identities

    def _traffic(self, visits: Visits) -> list[str]:
        kinds = dict.fromkeys(range(len(brand.CHANNELS)), "直接流量")
        for name, text in (
            ("douyin_ads", "付费广告流量"),
            ("baidu_sem", "付费广告流量"),
            ("baidu_organic", "自然搜索流量"),
            ("xiaohongshu", "社交网站流量"),
            ("wechat_official_account", "社交网站流量"),
            ("sms", "付费广告流量"),
            ("referral", "引荐流量"),
        ):
            kinds[brand.CHANNEL[name]] = text
        return [kinds[channel] for channel in visits.channel.tolist()]

    def _first_mids(self, rng: np.random.Generator, visits: Visits) -> list[tuple[str, str]]:
        """Return the first event of each visit, which tells where the visit came from."""
        people = self.people
        app = np.flatnonzero(visits.platform == APP)
        owner = visits.device_owner()[app]
        ads = zip(
            people.on_ios[owner].tolist(), people.oaids(owner), people.idfas(owner), strict=True
        )
        oaid = {
            row: f',"idfa":"{idfa}"' if on_ios else f',"oaid":"{oaid}"'
            for row, (on_ios, oaid, idfa) in zip(app.tolist(), ads, strict=True)
        }
        lost = (rng.random(len(visits)) < UNREPLACED_SHARE).tolist()
        bare = (rng.random(len(visits)) < 0.3).tolist()
        made = []
        for row, (channel, platform, variant, click) in enumerate(
            zip(
                visits.channel.tolist(),
                visits.platform.tolist(),
                visits.variant.tolist(),
                visits.click.tolist(),
                strict=True,
            )
        ):
            if platform == APP:
                made.append((_mid("$AppStart", f',"$is_first_time":false{oaid[row]}'), "$AppStart"))
            elif platform == MINI_PROGRAM:
                page = ',"$url_path":"pages/index/index"'
                made.append((_mid("$MPLaunch", page), "$MPLaunch"))
            else:
                if lost[row] and channel == brand.CHANNEL["douyin_ads"]:
                    self.counts["unreplaced_landing_macros"] += 1
                text = _landing(channel, platform, variant, click, lost[row], bare[row])
                made.append((_mid("$pageview", text), "$pageview"))
        return made

    def _identity_events(
        self, number: int, visits: Visits, row: int, identity: tuple[str, str, str], head: str
    ) -> Iterator[tuple[str, str]]:
        """Yield $MPShow, $SignUp and $BindID of a visit, as (text up to the time, event)."""
        name, ids, rest = identity
        platform, person = int(visits.platform[row]), int(visits.person[row])
        member = member_of(person)
        login = f',"$identity_login_id":"{member}"'
        if platform == MINI_PROGRAM:
            yield head + _mid("$MPShow", ',"$url_path":"pages/index/index"'), "$MPShow"
        if visits.signs_up[row]:
            text = (
                f'{{"identities":{{{ids}{login}}},'
                f'"distinct_id":"{member}","login_id":"{member}","original_id":"{name}",{rest}}},'
                f'"type":"track_signup","event":"$SignUp","time":'
            )
            yield text, "$SignUp"
        if visits.binds_phone[row]:
            style = int(self.people.phone_style[person])
            phone = phone_as_written(self.people.phone_on(number, person), style)
            who = f'"distinct_id":"{name}"'
            if visits.logged_in[row]:
                ids += login
                who = f'"distinct_id":"{member}","login_id":"{member}"'
            text = (
                f'{{"identities":{{{ids},"$identity_mobile":"{phone}"}},{who},{rest}}},'
                f'"type":"track_id_bind","event":"$BindID","time":'
            )
            yield text, "$BindID"

    def _order_events(
        self, platform: int, order: SiteOrder, last: int
    ) -> Iterator[tuple[str, str, int]]:
        """Yield the events that close a purchase, as (text after the head, event, time).

        The order takes over the time of its payment: the event is what the brand will see.
        """
        product = brand.PRODUCTS[order.product]
        site = brand.WEB if platform == WEB else brand.H5
        page = {
            APP: ',"$screen_name":"OrderActivity"',
            MINI_PROGRAM: ',"$url_path":"pages/order/order"',
        }.get(platform, f',"$url":"{site}/checkout","$referrer":"{site}/cart"')
        amount = f'"order_id":"{order.order_id}","order_amount":{yuan_text(order.fen)}'
        last += 20_000
        yield _mid("AddCart", page + _product(product)), "AddCart", last
        if platform <= H5:
            last += 20_000
            yield _mid("SubmitOrder", f"{page},{amount}"), "SubmitOrder", last
        order.time = last
        if order.is_paid:
            last += 20_000
            order.time = last
            text = f'{page},{amount},"item_count":{order.item_count},'
            yield _mid("PayOrder", f'{text}"pay_time":"{beijing_text(last)}"'), "PayOrder", last


def _scene_events(platform: int, chance: float, other: float) -> Iterator[tuple[str, str, int]]:
    """Yield what a visit does at a banner or a form, as (text after the head, event, ms later)."""
    site = brand.WEB if platform == WEB else brand.H5
    if chance < BANNER_SHARE:
        home = f',"$url":"{site}/","$referrer":"{site}/all"'
        product = brand.PRODUCTS[int(other * len(brand.PRODUCTS))]
        banner = brand.BANNERS[int(chance / BANNER_SHARE * len(brand.BANNERS))]
        yield _mid("BannerClick", f'{home},"banner_id":"{banner}"'), "BannerClick", 7_000
        if other < 0.2:
            page = f',"$url":"{site}/p/{product.sku}","$referrer":"{site}/"{_product(product)}'
            yield _mid("AddCart", page), "AddCart", 30_000
    elif chance > 1 - FORM_SHARE:
        form = f',"$url":"{site}/f/skin-test","$referrer":"{site}/","form_name":"肌肤测试预约"'
        yield _mid("ViewForm", form), "ViewForm", 9_000
        # who holds a phone gives up more often
        if other < (0.6 if platform == WEB else 0.4):
            yield _mid("SubmitForm", form), "SubmitForm", 45_000


def _landing(channel: int, platform: int, variant: int, click: int, lost: bool, bare: bool) -> str:
    """Return url, referrer and utm properties of a landing page view."""
    site = brand.WEB if platform == WEB else brand.H5
    name = brand.CHANNELS[channel]
    path, referrer, campaign, source, medium, more = "/", "", "", "", "", ""
    if name == "douyin_ads":
        ad = brand.OCEAN_ADS[variant]
        source, medium, campaign = "douyin", "cpc", ad.project_name
        path = "/lp/summer"
        click_id = "__CLICKID__" if lost else click_id_of(click)
        more = f"&utm_content={ad.promotion_id}&clickid={click_id}"
    elif name == "baidu_sem":
        campaign, term = brand.BAIDU_CAMPAIGNS[variant]
        source, medium = "baidu", "cpc"
        referrer = f"https://www.baidu.com/s?wd={quote(term)}"
        more = f"&utm_term={quote(term)}&bd_vid={click >> 12}"
    elif name == "baidu_organic":
        referrer = "https://www.baidu.com/link?url=kG3x9"
    elif name == "xiaohongshu":
        # the app sends no referrer
        referrer = "" if bare else "https://www.xiaohongshu.com/"
        path = "/p/SKU1001"
        source, medium = "xiaohongshu", "social"
        campaign = brand.XIAOHONGSHU_CAMPAIGNS[variant]
    elif name == "wechat_official_account":
        referrer = "" if bare else "https://mp.weixin.qq.com/"
        source, medium = "wechat", "official_account"
        campaign = brand.ACCOUNT_ARTICLES[variant]
        path = f"/a/{1024 + variant}"
    elif name == "sms":
        source, medium, campaign = "sms", "sms", brand.SMS_CAMPAIGNS[variant]
        path = "/s/hj"
    elif name == "referral":
        referrer = brand.REFERRERS[variant]
    url = site + path
    utm = ""
    if source:
        url += f"?utm_source={source}&utm_medium={medium}&utm_campaign={quote(campaign)}{more}"
        utm = f',"$utm_source":"{source}","$utm_medium":"{medium}","$utm_campaign":"{campaign}"'
    return f',"$url":"{url}","$referrer":"{referrer}"{utm}'


def click_id_of(bits: int) -> str:
    """Return the Ocean Engine click id, equal in the monitor's callback and on the landing url."""
    return f"B.{bits:016x}HJ"


def touch_ids(people: People, visits: Visits, rows: np.ndarray) -> list[str]:
    """Return "anonymous id|epoch ms of the first event" of the visits of some rows."""
    part = Visits(**{name: value[rows] for name, value in vars(visits).items()})
    return [
        f"{name}|{time}"
        for name, time in zip(part.anonymous_ids(people), part.start.tolist(), strict=True)
    ]
