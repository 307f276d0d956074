"""One module a channel: each reads one kind of file and yields records, nothing else.

A new channel is a module here, a line below, a staging model and seed rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ingestion.files import LandedFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record
from ingestion.sources import (
    baidu_reports,
    call_records,
    chat_sessions,
    contracted,
    doudian_aftersales,
    doudian_orders,
    email_events,
    fxiaoke_crm,
    jd_orders,
    ocean_leads,
    ocean_reports,
    pos_receipts,
    posthog,
    registration_forms,
    segment,
    sensors,
    short_links,
    sms_replies,
    sms_reports,
    snowplow,
    taobao_trades,
    tencent_leads,
    tencent_reports,
    wechat_oa,
    wechat_users,
    wecom_callbacks,
    wecom_chats,
    wecom_contacts,
    xiaohongshu_reports,
    youzan_trades,
)
from ingestion.sources.click_monitors import MONITORS, read_clicks

Read = Callable[[LandedFile, Pseudonymiser], Iterator[Record | BadRecord]]


class Source(NamedTuple):
    """A channel: its name is its folder below ``landing/`` and its table in the raw schema."""

    name: str
    pattern: str
    read: Read


SOURCES = (
    Source("sensors", "**/*.jsonl*", sensors.read),
    Source("snowplow", "**/*.jsonl*", snowplow.read),
    Source("segment", "**/*.jsonl*", segment.read),
    Source("posthog", "**/*.jsonl*", posthog.read),
    Source("short_links", "**/*.jsonl*", short_links.read),
    Source("wechat_oa", "**/*.jsonl*", wechat_oa.read),
    Source("wechat_users", "**/*.jsonl*", wechat_users.read),
    Source("taobao_trades", "**/*.jsonl*", taobao_trades.read),
    Source("ocean_reports", "**/*.jsonl*", ocean_reports.read),
    Source("ocean_leads", "**/*.jsonl*", ocean_leads.read),
    Source("tencent_leads", "**/*.jsonl*", tencent_leads.read),
    Source("tencent_reports", "**/*.jsonl*", tencent_reports.read),
    Source("baidu_reports", "**/*.jsonl*", baidu_reports.read),
    Source("xiaohongshu_reports", "**/*.jsonl*", xiaohongshu_reports.read),
    *(
        Source(f"{platform}_clicks", "**/*.jsonl*", partial(read_clicks, monitor=monitor))
        for platform, monitor in MONITORS.items()
    ),
    Source("pos_receipts", "**/*.csv*", pos_receipts.read),
    Source("doudian_orders", "**/*.jsonl*", doudian_orders.read),
    Source("doudian_aftersales", "**/*.jsonl*", doudian_aftersales.read),
    Source("jd_orders", "**/*.jsonl*", jd_orders.read),
    Source("youzan_trades", "**/*.jsonl*", youzan_trades.read),
    Source("wecom_contacts", "**/*.jsonl*", wecom_contacts.read),
    Source("wecom_callbacks", "**/*.jsonl*", wecom_callbacks.read),
    Source("wecom_chats", "**/*.jsonl*", wecom_chats.read),
    Source("sms_reports", "**/*.jsonl*", sms_reports.read),
    Source("sms_replies", "**/*.jsonl*", sms_replies.read),
    Source("email_events", "**/*.jsonl*", email_events.read),
    Source("call_records", "**/*.jsonl*", call_records.read),
    Source("chat_sessions", "**/*.jsonl*", chat_sessions.read),
    Source("fxiaoke_crm", "**/*.jsonl*", fxiaoke_crm.read),
    Source("marketing_automation", "**/*.*", partial(contracted.read, "marketing_automation")),
    Source("registration_forms", "**/*.*", registration_forms.read),
    Source("guide_scans", "**/*.*", partial(contracted.read, "guide_scans")),
    Source("loyalty", "**/*.*", partial(contracted.read, "loyalty")),
    Source("partner_feeds", "**/*.*", partial(contracted.read, "partner_feeds")),
)
