"""The brand 花间 as constants: what it sells, where, and how it advertises."""

from typing import NamedTuple

import numpy as np

WEB = "https://www.huajian.example"
H5 = "https://m.huajian.example"
MINI_PROGRAM_APPID = "wx7e11aa5c90b2d3f4"
ACCOUNT_APPID = "wx2f6b8c1d90a4e7b5"
ACCOUNT_GH_ID = "gh_3c9d5e71a2b8"
ADVERTISER_ID = "1700100200300"

CHANNELS = (
    "douyin_ads",
    "baidu_sem",
    "baidu_organic",
    "xiaohongshu",
    "wechat_official_account",
    "wechat_mini_program",
    "sms",
    "taobao",
    "douyin_organic",
    "store",
    "direct",
    "referral",
)
CHANNEL = {name: code for code, name in enumerate(CHANNELS)}


class ChannelLaw(NamedTuple):
    """How often a channel touches an eligible person, and what a touch really does.

    Attributes:
        daily_rate: touches per eligible person and day.
        intent_power: how strongly hidden intent drives the exposure (0 = exogenous).
        effect: conversion hazard a touch adds on its day; it halves every five days.
    """

    daily_rate: float
    intent_power: float
    effect: float


LAWS = {
    "douyin_ads": ChannelLaw(0.022, 0.0, 0.012),
    "baidu_sem": ChannelLaw(0.010, 1.0, 0.0),
    "baidu_organic": ChannelLaw(0.010, 0.7, 0.004),
    "xiaohongshu": ChannelLaw(0.012, 0.2, 0.020),
    "wechat_official_account": ChannelLaw(0.045, 0.0, 0.006),
    "wechat_mini_program": ChannelLaw(0.040, 0.5, 0.003),
    "sms": ChannelLaw(0.0, 0.0, 0.004),
    "taobao": ChannelLaw(0.035, 0.6, 0.003),
    "douyin_organic": ChannelLaw(0.030, 0.0, 0.008),
    "store": ChannelLaw(0.012, 0.3, 0.020),
    "direct": ChannelLaw(0.026, 0.6, 0.0),
    "referral": ChannelLaw(0.005, 0.0, 0.0),
}


class Product(NamedTuple):
    """A product: stock unit, Taobao item, name and price in fen."""

    sku: str
    item: int
    name: str
    price: int


PRODUCTS = tuple(
    Product(f"SKU{1001 + n}", 680_500_100 + n, name, price)
    for n, (name, price) in enumerate(
        [
            ("山茶花保湿面霜", 26_900),
            ("玫瑰精华水", 18_900),
            ("牡丹焕亮精华液", 39_900),
            ("茉莉氨基酸洁面", 9_900),
            ("桂花修护眼霜", 29_900),
            ("樱花防晒乳 SPF50+", 15_900),
            ("白茶舒缓面膜 5片装", 8_900),
            ("莲花清洁泥膜", 12_900),
            ("栀子花身体乳", 11_900),
            ("兰花抗皱精华油", 45_900),
            ("芍药气垫粉底", 21_900),
            ("花间礼盒·四季", 69_900),
        ]
    )
)
PRICES = np.array([product.price for product in PRODUCTS])


class Store(NamedTuple):
    """A store.

    Attributes:
        number: what receipts call it.
        name: what people call it.
        is_open_late: whether it sells past midnight.
        default_phone: what its cashiers type where a customer gives no phone.
    """

    number: str
    name: str
    is_open_late: bool
    default_phone: str = ""


STORES = (
    Store("S001", "上海静安嘉里店", False),
    Store("S002", "北京三里屯店", True),
    Store("S003", "杭州湖滨银泰店", False, "17100000000"),
    Store("S004", "成都太古里店", True),
    Store("S005", "广州天河城店", False, "17100000000"),
    Store("S006", "长沙国金中心店", True, "13800138000"),
)
DEFAULT_PHONES = sorted({store.default_phone for store in STORES if store.default_phone})


class OceanAd(NamedTuple):
    """An ad of Ocean Engine with its project (the campaign)."""

    promotion_id: str
    promotion_name: str
    project_id: str
    project_name: str


OCEAN_ADS = (
    OceanAd("7302001", "面霜-信息流-A", "7301001", "夏日焕肤季"),
    OceanAd("7302002", "面霜-信息流-B", "7301001", "夏日焕肤季"),
    OceanAd("7302003", "精华-达人混剪", "7301002", "七夕礼盒种草"),
    OceanAd("7302004", "精华-口播测评", "7301002", "七夕礼盒种草"),
    OceanAd("7302005", "防晒-直播间引流", "7301003", "防晒直播专场"),
    OceanAd("7302006", "防晒-图文-通勤", "7301003", "防晒直播专场"),
)
BAIDU_CAMPAIGNS = (
    ("品牌词-花间", "花间护肤品官网"),
    ("品类词-面霜", "面霜推荐"),
    ("竞品词-保湿", "保湿精华哪个好"),
)
XIAOHONGSHU_CAMPAIGNS = ("红薯种草-面霜测评", "红薯种草-早C晚A")
ACCOUNT_ARTICLES = ("换季护肤指南", "会员日专享", "新品试用招募")
SMS_CAMPAIGNS = ("七夕礼遇", "会员日提醒", "夏日焕肤券", "老客回馈", "新品首发通知", "中秋礼盒预订")
BANNERS = ("首页-山茶花面霜", "首页-七夕礼盒", "首页-会员日")
REFERRERS = ("https://www.zhongcao.example/t/20481", "https://bbs.meirong.example/thread-99-1.html")

SMS_FEN_EACH = 5

BROWSER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/109.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Safari/605.1.15",
)
# Android, iOS
PHONE_AGENTS = (
    "Mozilla/5.0 (Linux; Android {}) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/122.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
)
ANDROID_MODELS = (
    *("PJD110", "23127PN0CC", "V2231A", "ALN-AL00", "PGT-AN10", "22081212C", "NOH-AN00"),
    *("PHZ110", "V2309A", "MGA-AL40", "M2012K11AC", "SM-S9280", "PHB110", "PJZ110"),
    *("RMX3820", "V2241HA", "V2303A", "PD2241", "23049RAD8C", "2211133C", "2304FPN6DC"),
    *("23116PN5BC", "BRA-AL00", "CLS-AL00", "LNA-AL00", "MNA-AL00", "ABR-AL60"),
    *("HBN-AL00", "FIN-AL60", "BVL-AN16", "PTP-AN10", "REA-AN00", "MAA-AN10", "ANY-AN00"),
    *("CRT-AN00", "VNE-AN00", "RBN-AN00", "SM-F9460", "SM-G9910", "SM-A5560", "PFJM10"),
    *("PGKM10", "PHM110", "PJH110", "OPD2203", "V2244A", "V2219A", "V2254A", "V2338A"),
    *("I2302", "21091116AC", "22041216C", "22127RK46C", "23078RKD5C", "24069PC21C"),
    *("2312CRAD3C", "RMX3700", "RMX3888", "NX729J", "XT2301-5"),
)
PHONE_MODELS = (
    tuple(f"{version}; {model}" for version in range(11, 15) for model in ANDROID_MODELS),
    (
        *("17_4", "17_4_1", "17_5", "17_5_1", "17_3_1", "17_2", "16_7_8", "16_6", "15_8_2"),
        *("17_1_2", "16_5", "17_0_3"),
    ),
)
IPHONES = ("iPhone12,1", "iPhone13,2", "iPhone14,5", "iPhone14,7", "iPhone15,2", "iPhone15,4")
"""Model names of iPhones as their system tells them to apps, and to no web page."""
WEB_VIEW = " Build/UKQ1.230924.001; wv"
"""What an app's browser adds to the model on Android."""
WECHAT_SUFFIX = " MicroMessenger/8.0.49 NetType/WIFI"
APP_AGENTS = ("okhttp/4.12.0", "HuaJian/3.6.1 CFNetwork/1496.0.7 Darwin/23.5.0")
BOT_AGENTS = (
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
    "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36",
)
OFFICE_NETWORK = "203.0.113."
UNMAPPED_EVENT = "活动大转盘"
