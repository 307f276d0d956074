"""One module a channel: each reads one kind of file and yields records, nothing else.

A new channel is a module here, a line below, a staging model and seed rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ingestion.files import LandedFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record
from ingestion.sources import (
    doudian_aftersales,
    doudian_orders,
    jd_orders,
    ocean_clicks,
    ocean_reports,
    pos_receipts,
    posthog,
    segment,
    sensors,
    short_links,
    sms_reports,
    snowplow,
    taobao_trades,
    wechat_oa,
    wechat_users,
    wecom_callbacks,
    wecom_chats,
    wecom_contacts,
    youzan_trades,
)

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
    Source("ocean_clicks", "**/*.jsonl*", ocean_clicks.read),
    Source("pos_receipts", "**/*.csv*", pos_receipts.read),
    Source("doudian_orders", "**/*.jsonl*", doudian_orders.read),
    Source("doudian_aftersales", "**/*.jsonl*", doudian_aftersales.read),
    Source("jd_orders", "**/*.jsonl*", jd_orders.read),
    Source("youzan_trades", "**/*.jsonl*", youzan_trades.read),
    Source("wecom_contacts", "**/*.jsonl*", wecom_contacts.read),
    Source("wecom_callbacks", "**/*.jsonl*", wecom_callbacks.read),
    Source("wecom_chats", "**/*.jsonl*", wecom_chats.read),
    Source("sms_reports", "**/*.jsonl*", sms_reports.read),
)
