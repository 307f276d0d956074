"""What can be pulled: one line a source, below which its recordings land."""

from __future__ import annotations

from ingestion.pulls import doudian, jd, ocean, taobao, wechat, wecom, youzan
from ingestion.pulls.vendor import Vendor

VENDORS: dict[str, Vendor] = {
    "doudian_aftersales": doudian.AFTERSALES,
    "doudian_orders": doudian.ORDERS,
    "jd_orders": jd.ORDERS,
    "ocean_reports": ocean.REPORTS,
    "taobao_trades": taobao.TRADES,
    "wechat_users": wechat.USERS,
    "wecom_contacts": wecom.CONTACTS,
    "youzan_trades": youzan.TRADES,
}
