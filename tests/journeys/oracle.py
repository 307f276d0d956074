"""Sessions by their definition, event by event: what the windows of SQL are held against."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import md5
from typing import NamedTuple

NO_VISIT = ("identity_link", "identity_unlink", "profile_update")


class Event(NamedTuple):
    """What sessions look at, in the order of the columns of the test's table."""

    event_id: str
    stream_id: str | None
    occurred_at: datetime
    event_type: str | None
    channel: str | None
    hinted_channel: str | None
    campaign_id: str | None
    ad_id: str | None
    click_id: str | None
    page_url: str
    identifier_set_id: int
    exclusion_reason: str | None
    source: str
    load_seq: int

    @property
    def landing(self) -> tuple[str, str] | None:
        if self.channel is None or self.channel == "direct":
            return None
        return self.channel, self.campaign_id or ""


def visiting(events: list[Event], repeated: set[str]) -> list[Event]:
    """The events that are part of a visit."""
    return [
        event
        for event in events
        if event.stream_id is not None
        and event.exclusion_reason is None
        and event.event_id not in repeated
        and event.event_type not in NO_VISIT
    ]


def sessions(events: list[Event], gap: timedelta, longest: timedelta) -> dict[int, list[Event]]:
    """The events of every session in order, by the id of the session; events are one device's."""
    found: dict[int, list[Event]] = {}
    first = before = landing = None
    for event in sorted(events, key=lambda event: (event.occurred_at, event.event_id)):
        is_news = event.landing is not None and event.landing != landing
        if first is None or before is None or event.occurred_at - before > gap or is_news:
            first = event
        before = event.occurred_at
        landing = event.landing or landing
        part = (event.occurred_at - first.occurred_at) // longest
        found.setdefault(hash_id(first.event_id) + part, []).append(event)
    return found


def hash_id(text: str) -> int:
    return int(md5(text.encode()).hexdigest()[:16], 16) >> 1


def summary(events: list[Event], strengths: dict[int, int]) -> dict[str, object]:
    """What int_sessions_built says of a session of these events, in order."""
    source = min(
        events, key=lambda event: (event.channel is None, event.hinted_channel is None)
    )  # of equals, min takes the first
    owner = min(events, key=lambda event: strengths.get(event.identifier_set_id, 1000))
    return {
        "stream_id": events[0].stream_id,
        "source": max(event.source for event in events),
        "identifier_set_id": owner.identifier_set_id,
        "channel": source.channel or source.hinted_channel or "direct",
        "campaign_id": source.campaign_id,
        "ad_id": source.ad_id,
        "click_id": source.click_id,
        "landing_url": events[0].page_url,
        "started_at": events[0].occurred_at,
        "ended_at": events[-1].occurred_at,
        "event_count": len(events),
        "item_view_count": sum(event.event_type == "view_item" for event in events),
    }
