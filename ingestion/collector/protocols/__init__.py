"""One module a protocol: each knows how its senders write, sign and want to be answered.

A protocol reads a request and says what to write; limits, consent, the disk and the counts are the
application's.
"""

from __future__ import annotations

from ingestion.collector.protocols import (
    ad_clicks,
    email_events,
    posthog,
    segment,
    sensors,
    short_links,
    sms,
    snowplow,
    wechat,
)
from ingestion.collector.requests import Context, Endpoint

PROTOCOLS = (
    sensors,
    snowplow,
    segment,
    posthog,
    ad_clicks,
    wechat,
    sms,
    email_events,
    short_links,
)


def endpoints(context: Context) -> list[Endpoint]:
    """Every address of the collector.

    Raises:
        SettingsError: a protocol lacks a secret or a table that the settings call for.
    """
    return [endpoint for protocol in PROTOCOLS for endpoint in protocol.endpoints(context)]
