"""Own site, app, mini program, official account, shops and social platforms: wire to mart."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.loading import run as load
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import worlds
from tests.warehouse.worlds import query

SITE = "https://shop.example"
MINUTE = 60_000
AT = wire.MOMENT * 1000
IDFA = "6D92078A-8246-4BA4-AE5B-76104861E7DC"
IMEI = "490154203237518"


def seen(number: int, event: str, identities: dict[str, str], **properties: Any) -> wire.Line:
    """What an SDK sends, a minute after what it sent before."""
    sent = wire.sensors_event(number, event=event, identities=identities, properties=properties)
    who = next(iter(identities.values()))
    return wire.sensors({**sent, "time": AT + number * MINUTE, "distinct_id": who})


def mini(number: int, event: str, openid: str, **properties: Any) -> wire.Line:
    """An event of the mini program wxMini."""
    identities = {"$identity_mp_openid": openid, "$identity_mp_unionid": f"u-{openid}"}
    sent = wire.sensors_event(number, event=event, identities=identities)
    sent |= {"time": AT + number * MINUTE, "distinct_id": openid, "lib": {"$lib": "MiniProgram"}}
    return wire.sensors({**sent, "properties": {"$app_id": "wxMini", **properties}})


WEB = {"$identity_cookie_id": "cookie1"}
APP = {"$identity_login_id": "M7", "$identity_android_id": "a1b2c3"}
BAIDU = f"{SITE}/?utm_source=baidu&utm_medium=cpc&utm_term=面霜&bd_vid=bd7"
SDK = [
    seen(1, "$pageview", WEB, **{"$url": BAIDU}),
    seen(2, "Search", WEB, **{"$url": f"{SITE}/search", "keyword": "敏感肌面霜"}),
    seen(3, "$WebClick", WEB, **{"$url": f"{SITE}/search", "$element_content": "查看详情"}),
    seen(4, "ViewProduct", WEB, **{"$url": f"{SITE}/p/A", "product_id": "A"}),
    seen(5, "PlayVideo", WEB, video_id="V1", event_duration=31.6),
    seen(6, "$WebPageLeave", WEB, **{"$url": f"{SITE}/p/A", "event_duration": 62.4}),
    seen(7, "Favorite", WEB, product_id="A"),
    seen(8, "AddCart", WEB, product_id="A"),
    seen(9, "ViewForm", WEB, form_name="免费试用"),
    seen(10, "SubmitForm", WEB, form_name="免费试用"),
    seen(11, "PayOrder", WEB, product_id="A", order_id="W1", order_amount="199.00"),
    seen(20, "$pageview", {"$identity_cookie_id": "cookie2"}, **{
        "$url": f"{SITE}/", "$referrer": "https://www.baidu.com/link?url=x"
    }),
    seen(1, "$AppStart", APP, oaid="oaid-7", idfa=IDFA.lower(), imei=IMEI),
    seen(2, "$AppViewScreen", APP, **{"$screen_name": "HomeActivity"}),
    seen(3, "开盲盒", APP),
    mini(1, "$MPLaunch", "o-li", **{"$latest_scene": "wx-1047", "$url_path": "pages/home"}),
    mini(2, "$MPViewScreen", "o-li", **{"$url_path": "pages/product"}),
    mini(3, "$MPShare", "o-li", **{"$url_path": "pages/product"}),
    mini(4, "PayOrder", "o-li", order_id="MP1", order_amount="59.90"),
    mini(10, "$MPLaunch", "o-han", **{
        "$latest_scene": "wx-1007", "$url_path": "pages/product", "$share_distinct_id": "o-li",
        "$share_depth": 1,
    }),
    mini(11, "PayOrder", "o-han", order_id="MP2", order_amount="80.00"),
]  # fmt: skip
# Li's poster hangs at a window, too: Zhao had come to the account before he scanned it
FOLLOWERS = [
    wire.wechat_oa(1, FromUserName="oa-zhao", Event="subscribe"),
    wire.wechat_oa(2, FromUserName="oa-zhao", Event="CLICK", EventKey="护理知识"),
    wire.wechat_oa(3, FromUserName="oa-zhao", Event="VIEW", EventKey=f"{SITE}/articles/7"),
    wire.wechat_oa(
        4, FromUserName="oa-zhao", Event="SCAN", EventKey="P-M7", CreateTime=f"{wire.MOMENT + 60}"
    ),
    wire.wechat_oa(5, FromUserName="oa-zhao", Event="TEMPLATESENDJOBFINISH", Status="success"),
    wire.wechat_oa(
        6, FromUserName="oa-zhao", Event="TEMPLATESENDJOBFINISH", Status="failed:user block",
        CreateTime=f"{wire.MOMENT + 90}",
    ),
    wire.wechat_oa(
        7, FromUserName="oa-zhao", Event="unsubscribe", CreateTime=f"{wire.MOMENT + 120}"
    ),
    wire.wechat_oa(8, FromUserName="oa-qian", Event="subscribe", EventKey="qrscene_P-M7"),
]  # fmt: skip
LINES: dict[str, list[Any]] = {
    "sensors": SDK,
    "wechat_oa": FOLLOWERS,
    "baidu_clicks": [wire.baidu_clicks(1, bd_vid="bd7", word_id="81", idea_id="91")],
    "ocean_clicks": [wire.ocean_clicks(1, idfa=IDFA, project_id="71", promotion_id="72", cid="73")],
    "tencent_clicks": [
        wire.tencent_clicks(1, muid=hashlib.md5(IDFA.encode()).hexdigest(), adgroup_id="61")
    ],
    "segment": [
        wire.segment_call(1, event="Form Submitted", anonymousId="s1"),
        wire.segment_call(2, event="Video Playback Started", anonymousId="s1"),
    ],
    "posthog": [
        wire.posthog_event(1, event="$pageleave", properties={"$prev_pageview_duration": 12.5})
    ],
}
PLATFORMS = {
    "douyin": "视频观看 视频点赞 视频评论 视频分享 私信 商品点击 进入直播间 "
    "直播间停留 直播间商品点击 直播间下单",
    "xiaohongshu_organic": "笔记浏览 点赞 收藏 评论 私信 分享",
    "taobao": "宝贝浏览 收藏宝贝 加购",
    "jd": "商品浏览 商品关注 加入购物车",
    "youzan": "商品浏览 商品收藏 加入购物车",
}
DECLARED = "".join(
    f"""
  - name: {source}
    path: {source}.csv
    shape: events
    columns:
      {{customer: 用户, occurred_at: 时间, event: 行为, content: 内容, duration_seconds: 时长}}
"""
    for source in PLATFORMS
)
POSTERS = """
  - name: posters
    path: posters.csv
    shape: events
    columns: {occurred_at: 时间, share_code: 海报码}
    constants: {event: share, channel: wechat_moments}
    identifiers: {member_id: 会员}
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("digital")
    worlds.empty_warehouse(root)
    for source, lines in LINES.items():
        packed = {"segment": wire.segment, "posthog": wire.posthog}.get(source)
        delivered = [packed(*lines)] if packed else lines
        wire.deliver(Warehouse(root), source, delivered)
    manifest = wire.declare(root, f"files:{DECLARED}{POSTERS}")
    for source, names in PLATFORMS.items():
        rows = [
            f"{source}1,2026-07-03 20:{minute:02}:00,{name},R1,{90 if '停留' in name else ''}"
            for minute, name in enumerate(names.split())
        ]
        (root / f"{source}.csv").write_text("\n".join(["用户,时间,行为,内容,时长", *rows]) + "\n")
    # a code that two people share is a campaign's
    shared = "会员,时间,海报码\nM7,2026-07-01 09:00:00,P-M7\nM7,2026-07-01 09:00:00,all\n"
    (root / "posters.csv").write_text(shared + "M8,2026-07-01 09:00:00,all\n")
    outcome = load(Warehouse(root), [manifest], lambda _: None)
    assert (outcome.rows_quarantined, outcome.rows_duplicate) == (0, 0)
    worlds.dbt(root, "run", "--select", *worlds.FILLED)
    return root


def events(warehouse: Path, condition: str, columns: str) -> list[tuple[Any, ...]]:
    return query(
        warehouse,
        f"select event_type, {columns} from marts.events where {condition} "
        "order by occurred_at, event_type, event_id",
    )


def customer(warehouse: Path, value: str) -> str:
    ((found,),) = query(
        warehouse,
        f"select customer_id from marts.customer_identifiers where identifier_value = '{value}'",
    )
    return found


def told(row: tuple[Any, ...]) -> dict[str, Any]:
    return json.loads(row[-1] or "{}")


def test_the_own_site_from_the_first_page_to_the_order(warehouse: Path) -> None:
    rows = events(warehouse, "device_id = 'sensors:cookie1'", "content_id, item_id, properties")
    assert [(row[0], row[1], row[2], told(row)) for row in rows] == [
        ("browse", None, None, {}),
        ("search", None, None, {"search_query": "敏感肌面霜"}),
        ("click", None, None, {"element_text": "查看详情"}),
        ("view_item", None, "A", {}),
        ("video_view", "V1", None, {"duration_seconds": 32}),
        ("page_stay", None, None, {"duration_seconds": 62}),
        ("favorite", None, "A", {}),
        ("add_to_cart", None, "A", {}),
        ("form_view", "免费试用", None, {}),
        ("form_submit", "免费试用", None, {}),
        ("purchase", None, "A", {}),
    ]
    assert query(
        warehouse,
        "select channel, landing_url, event_count, item_view_count, duration_seconds "
        "from marts.sessions where device_id = 'sensors:cookie1'",
    ) == [("baidu_sem", BAIDU, 11, 1, 600.0)]
    path = "select list(page_url order by occurred_at) from marts.events "
    ((pages,),) = query(warehouse, f"{path} where event_type in ('browse', 'click', 'view_item')"
                        " and device_id = 'sensors:cookie1'")  # fmt: skip
    assert pages == [BAIDU, f"{SITE}/search", f"{SITE}/p/A"]
    assert query(
        warehouse,
        "select customer_id, net_revenue::double from marts.orders where source_order_id = 'W1'",
    ) == [(customer(warehouse, "cookie1"), 199.0)]


def test_other_sdks_tell_forms_videos_and_dwell_in_the_same_words(warehouse: Path) -> None:
    assert {row[0] for row in events(warehouse, "source = 'segment'", "source")} == {
        "form_submit", "video_view",
    }  # fmt: skip
    (left,) = events(warehouse, "source = 'posthog'", "properties")
    assert (left[0], told(left)) == ("page_stay", {"duration_seconds": 12.5})


def test_an_app_tells_its_start_its_screens_and_the_brands_own_events(warehouse: Path) -> None:
    rows = events(warehouse, "device_id = 'sensors:a1b2c3'", "raw_event, page_url")
    assert rows == [
        ("app_open", "$AppStart", None),
        ("browse", "$AppViewScreen", "HomeActivity"),
        (None, "开盲盒", None),
    ]
    assert query(warehouse, "select raw_event, event_count from marts.unmapped_events") == [
        ("开盲盒", 1)
    ]
    person = customer(warehouse, "M7")
    kinds = query(
        warehouse,
        "select list(identifier_type order by identifier_type) from marts.customer_identifiers "
        f"where customer_id = '{person}'",
    )
    # Ocean tells the IDFA as it is, Tencent its md5 in upper case, the app in lower case
    expected = "device_id idfa idfa_md5 member_id oaid oaid_md5 ocean_click_id tencent_click_id"
    assert kinds == [(expected.split(),)]
    assert query(
        warehouse,
        "select source, channel, campaign_id, ad_id from marts.events "
        f"where event_type = 'ad_click' and customer_id = '{person}' order by 1",
    ) == [("ocean_clicks", "douyin_ads", "71", "72"), ("tencent_clicks", "tencent_ads", "61", "61")]
    # an IMEI is kept as a token, where it is kept at all
    ((payloads,),) = query(warehouse, "select string_agg(payload) from raw.sensors")
    assert IMEI not in payloads


def test_a_mini_program_is_opened_through_a_code_shared_and_bought_in(warehouse: Path) -> None:
    rows = events(warehouse, "device_id = 'sensors:o-li'", "channel, page_url, source_order_id")
    assert rows == [
        ("app_open", "qr_code", "pages/home", None),
        ("browse", None, "pages/product", None),
        ("share", None, "pages/product", None),
        ("purchase", None, None, "MP1"),
    ]
    li = customer(warehouse, "o-li")
    assert customer(warehouse, "u-o-li") == li
    assert query(
        warehouse,
        f"select channel, event_count from marts.sessions where customer_id = '{li}'",
    ) == [("qr_code", 4)]
    assert query(
        warehouse, f"select net_revenue::double from marts.orders where customer_id = '{li}'"
    ) == [(59.9,)]


def test_an_account_is_followed_used_and_left_and_a_refused_message_did_not_arrive(
    warehouse: Path,
) -> None:
    zhao = customer(warehouse, "oa-zhao")
    rows = events(warehouse, f"customer_id = '{zhao}'", "channel, campaign_id")
    assert [row[0] for row in rows] == [
        "menu_click", "menu_click", "message_delivered", "subscribe", "scan", "message_failed",
        "unsubscribe",
    ]  # fmt: skip
    assert {row[1] for row in rows} == {"wechat_official_account"}
    # the article that a menu opens
    assert query(
        warehouse,
        "select page_url, content_id from marts.events where event_type = 'menu_click' "
        "order by content_id nulls last",
    ) == [(None, "护理知识"), (f"{SITE}/articles/7", None)]


def test_who_shared_and_who_came_through_it(warehouse: Path) -> None:
    rows = query(
        warehouse,
        "select customer_id, sharer_customer_id, channel, share_code, arrival_count, "
        "is_new_customer, order_count, net_revenue::double from marts.referrals "
        "order by share_code",
    )
    member, li = customer(warehouse, "M7"), customer(warehouse, "o-li")
    zhao, qian, han = (customer(warehouse, openid) for openid in ("oa-zhao", "oa-qian", "o-han"))
    account = "wechat_official_account"
    assert sorted(rows, key=str) == sorted(
        [
            (zhao, member, account, "P-M7", 1, False, 0, 0.0),
            (qian, member, account, "P-M7", 1, True, 0, 0.0),
            (han, li, "wechat_share", None, 1, True, 1, 80.0),
        ],
        key=str,
    )


def test_a_search_ad_is_clicked_with_its_keyword_and_a_visit_came_from_the_results(
    warehouse: Path,
) -> None:
    click = events(
        warehouse, "source = 'baidu_clicks'", "channel, keyword, campaign_id, creative_id"
    )
    assert click == [("ad_click", "baidu_sem", "81", "61", "91")]
    # the click and the visit it led to are one customer's
    assert customer(warehouse, "bd7") == customer(warehouse, "cookie1")
    assert query(
        warehouse,
        "select keyword from marts.events where event_type = 'browse' "
        "and device_id = 'sensors:cookie1'",
    ) == [("面霜",)]
    assert query(
        warehouse, "select channel from marts.sessions where device_id = 'sensors:cookie2'"
    ) == [("baidu_organic",)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("douyin", "video_view like comment share message_received view_item live_enter live_stay "
         "view_item order_submit"),
        ("xiaohongshu_organic", "content_view like favorite comment message_received share"),
        ("taobao", "view_item favorite add_to_cart"),
        ("jd", "view_item favorite add_to_cart"),
        ("youzan", "view_item favorite add_to_cart"),
    ],
)  # fmt: skip
def test_every_platforms_names_are_ours(warehouse: Path, source: str, expected: str) -> None:
    rows = events(warehouse, f"source = '{source}'", "raw_event, channel")
    assert [row[0] for row in rows] == expected.split()
    channel = {"douyin": "douyin_organic", "youzan": None}.get(source, source)
    assert {row[2] for row in rows} == {channel}


def test_a_live_room_is_entered_stayed_in_and_ordered_in(warehouse: Path) -> None:
    rows = events(
        warehouse, "source = 'douyin' and raw_event like '%直播%'", "content_id, properties"
    )
    assert [(row[0], row[1], told(row)) for row in rows] == [
        ("live_enter", "R1", {}),
        ("live_stay", "R1", {"duration_seconds": 90}),
        ("view_item", "R1", {}),
        ("order_submit", "R1", {}),
    ]


def test_every_promise_about_these_marts_holds(warehouse: Path) -> None:
    worlds.assert_promises_hold(warehouse, *worlds.CHANNEL_TESTS, "referrals")
