"""What can be pulled: one line a source, below which its recordings land."""

from __future__ import annotations

from ingestion.pulls import (
    baidu,
    doudian,
    jd,
    ocean,
    taobao,
    tencent,
    wechat,
    wecom,
    xiaohongshu,
    youzan,
)
from ingestion.pulls.vendor import Vendor

VENDORS: dict[str, Vendor] = {
    "ocean_reports": ocean.REPORTS,
    "ocean_leads": ocean.LEADS,
    "tencent_reports": tencent.REPORTS,
    "tencent_leads": tencent.LEADS,
    "baidu_reports": baidu.REPORTS,
    "xiaohongshu_reports": xiaohongshu.REPORTS,
    "taobao_trades": taobao.TRADES,
    "doudian_orders": doudian.ORDERS,
    "doudian_aftersales": doudian.AFTERSALES,
    "jd_orders": jd.ORDERS,
    "youzan_trades": youzan.TRADES,
    "wechat_users": wechat.USERS,
    "wecom_contacts": wecom.CONTACTS,
}
