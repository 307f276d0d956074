"""What is seen of touches and conversions, counted in the database by whole days.

A touch counts from the day after it. The visit in which somebody orders is mostly made in order to:
counted on its own day, it would explain every order, and what led to it nothing.

Customers are watched once they are known, such as by a phone. A cookie that nobody knows cannot be
seen to convert elsewhere: its days would speak against every channel that brings such visitors.
Who becomes known by converting is watched after that, or all who are watched would be buyers.

Nobody is watched while they cannot convert: where only a customer's first conversion counts, after
it; where only repeated ones do, before the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np

GROUPS = 20
"""Customers are parted into so many groups by a hash, for the jackknife."""

TERMS = """
    select distinct counts, lookback_days
    from intermediate.int_conversion_types
    where conversion_type = $conversion_type
"""
# Of one day a channel's touches are one: who comes back within the hour is not touched twice.
TOUCHES = """
    create or replace temp table touches as
    select distinct
        customer_id,
        channel,
        cast((touched_at at time zone 'UTC') at time zone $time_zone as date) as touch_day
    from intermediate.int_touchpoints_identified
"""
CONVERSIONS = """
    create or replace temp table conversions as
    select
        conversion_id,
        customer_id,
        cast((converted_at at time zone 'UTC') at time zone $time_zone as date) as conversion_day
    from intermediate.int_conversions_identified
    where conversion_type = $conversion_type
"""
CONVERTED_FIRST = """
    create or replace temp table converted_first as
    select
        customer_id,
        cast((min(converted_at) at time zone 'UTC') at time zone $time_zone as date)
            as first_converted
    from intermediate.int_conversions_numbered
    where conversion_type = $conversion_type
    group by customer_id
"""
KNOWN = f"""
    create or replace temp table known as
    select
        resolved.customer_id,
        cast((min(observed.first_seen_at) at time zone 'UTC') at time zone $time_zone as date)
            as known_day,
        -- not by the name of the customer, which hangs on what was known first
        min(resolved.identifier_id) % {GROUPS} as customer_group
    from intermediate.int_identifiers_observed as observed
    inner join intermediate.int_identifiers_resolved as resolved using (identifier_id)
    where observed.rejected_by is null and list_contains($known_by, observed.identifier_type)
    group by resolved.customer_id
"""
# a clock that is wrong in one of the two does not stretch the days
HORIZON = """
    select
        least(min(conversion_day), (select min(touch_day) from touches)),
        least(max(conversion_day), (select max(touch_day) from touches))
    from conversions
"""
# least() passes over a first conversion that there was not
WATCHED = """
    create or replace temp table watched as
    with present as (
        select
            customer_id,
            any_value(customer_group) as customer_group,
            greatest(min(touch_day), any_value(known_day)) as present_day
        from touches
        inner join known using (customer_id)
        group by customer_id
    ),
    able as (
        select
            customer_id,
            customer_group,
            if($counts = 'repeat', greatest(present_day, first_converted), present_day) as since,
            if($counts = 'new', least($last_day, first_converted), $last_day) as until
        from present
        left join converted_first using (customer_id)
        where $counts <> 'repeat' or first_converted is not null
    )
    from able where since < until
"""
EVENTS = """
    create or replace temp table events as
    select
        row_number() over (order by conversion_id) - 1 as row,
        customer_id,
        customer_group,
        conversion_day
    from conversions
    inner join watched using (customer_id)
    where conversion_day > since and conversion_day <= until
"""
CHANNELS = """
    create or replace temp table channels as
    select channel, row_number() over (order by channel) - 1 as number
    from touches
    inner join watched using (customer_id)
    where touch_day < until
    group by channel
"""
TOLD = "select channel from channels order by number"
COUNT = "select count(*) as conversions from conversions where conversion_day <= $last_day"
CONVERTED = """
    select customer_group, conversion_day - cast($first_day as date) as day
    from events order by row
"""
LED = """
    select events.row, channels.number as channel, conversion_day - touch_day as age
    from events
    inner join touches using (customer_id)
    inner join channels using (channel)
    where conversion_day - touch_day between 1 and $lookback_days
    order by all
"""
# up to the last day on which the customer is watched, less the days before the first
REMEMBERED = """
    with remembered as (
        select
            customer_group,
            channels.number as channel,
            least($lookback_days, until - touch_day) as to_last,
            least($lookback_days, greatest(since - touch_day, 0)) as to_first
        from touches
        inner join watched using (customer_id)
        inner join channels using (channel)
        where touch_day < until
    )
    select customer_group, channel, to_last as days, count(*) as touches
    from remembered group by all
    union all
    select customer_group, channel, to_first as days, -count(*) as touches
    from remembered group by all
    order by all
"""
ENTERED = """
    select customer_group, since - cast($first_day as date) as day, count(*) as customers
    from watched group by all
    union all
    select customer_group, until - cast($first_day as date) as day, -count(*) as customers
    from watched group by all
    order by all
"""
WATCHED_COUNT = "select count(*) from watched"


@dataclass(frozen=True)
class Observed:
    """What is known of one conversion type.

    Attributes:
        first_day: of either touches or conversions.
        last_day: the last one that both touches and conversions reach.
        channels: their names; arrays hold their numbers.
        conversions: all of them up to the last day, also of customers who were not watched.
        customers: how many were watched.
        group: customer group of each conversion of a customer who was watched.
        day: its day, counted from the first one.
        led_row: for each touch within the look-back of a conversion, which conversion.
        led_channel: its channel.
        led_age: its age in days, from 1.
        remembered: touches by group, channel and number of days that they are remembered for, less
            those by the number of days on which nobody watched.
        entered: customers by group and the day after which they were watched, less those by the
            last day on which they were.
    """

    first_day: date
    last_day: date
    channels: tuple[str, ...]
    conversions: int
    customers: int
    group: np.ndarray
    day: np.ndarray
    led_row: np.ndarray
    led_channel: np.ndarray
    led_age: np.ndarray
    remembered: np.ndarray
    entered: np.ndarray

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last_day - self.first_day) // timedelta(days=1) + 1


def observe(
    database: duckdb.DuckDBPyConnection,
    conversion_type: str,
    time_zone: str,
    known_by: Sequence[str],
) -> Observed:
    """Count what led to the conversions of a type, by its own rules, and what did not."""
    parameters: dict[str, Any] = {
        "conversion_type": conversion_type,
        "time_zone": time_zone,
        "known_by": list(known_by),
    }

    def run(query: str) -> duckdb.DuckDBPyConnection:
        # DuckDB refuses parameters that a query does not name
        used = {name: value for name, value in parameters.items() if f"${name}" in query}
        return database.execute(query, used)

    counts, lookback_days = run(TERMS).fetchall()[0]
    parameters |= {"counts": counts, "lookback_days": lookback_days}
    for statement in (TOUCHES, CONVERSIONS, CONVERTED_FIRST, KNOWN):
        run(statement)
    first_day, last_day = run(HORIZON).fetchall()[0]
    parameters |= {"first_day": first_day, "last_day": last_day}
    for statement in (WATCHED, EVENTS, CHANNELS):
        run(statement)
    channels = tuple(name for (name,) in run(TOLD).fetchall())
    converted, led = run(CONVERTED).fetchnumpy(), run(LED).fetchnumpy()
    remembered = np.zeros((GROUPS, len(channels), lookback_days + 1), dtype=np.int64)
    counted = run(REMEMBERED).fetchnumpy()
    place = (counted["customer_group"], counted["channel"], counted["days"])
    np.add.at(remembered, place, counted["touches"])
    entered = np.zeros((GROUPS, (last_day - first_day).days + 1), dtype=np.int64)
    counted = run(ENTERED).fetchnumpy()
    np.add.at(entered, (counted["customer_group"], counted["day"]), counted["customers"])
    return Observed(
        first_day=first_day,
        last_day=last_day,
        channels=channels,
        conversions=run(COUNT).fetchall()[0][0],
        customers=run(WATCHED_COUNT).fetchall()[0][0],
        group=converted["customer_group"],
        day=converted["day"],
        led_row=led["row"],
        led_channel=led["channel"],
        led_age=led["age"],
        remembered=remembered,
        entered=entered,
    )
