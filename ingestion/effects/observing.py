"""What is seen of touches and conversions, counted in the database by whole days.

A touch counts from the day after it. The visit in which somebody orders is mostly made in order to:
counted on its own day, it would explain every order, and what led to it nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np

GROUPS = 20
"""Customers are parted into so many groups by a hash, for the jackknife."""

# Of one day a channel's touches are one: who comes back within the hour is not touched twice.
TOUCHES = f"""
    create or replace temp table touches as
    select distinct
        customer_id,
        cast(('0x' || left(md5(customer_id), 8)) as bigint) % {GROUPS} as customer_group,
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
# a clock that is wrong in one of the two does not stretch the days
HORIZON = """
    select
        least(min(conversion_day), (select min(touch_day) from touches)),
        least(max(conversion_day), (select max(touch_day) from touches))
    from conversions
"""
MET = """
    create or replace temp table met as
    select customer_id, any_value(customer_group) as customer_group, min(touch_day) as first_day
    from touches
    group by customer_id
    having min(touch_day) < $last_day
"""
AT_RISK = """
    create or replace temp table at_risk as
    select
        row_number() over (order by conversion_id) - 1 as row,
        customer_id,
        customer_group,
        conversion_day
    from conversions
    inner join met using (customer_id)
    where conversion_day > first_day and conversion_day <= $last_day
"""
CHANNELS = """
    create or replace temp table channels as
    select channel, row_number() over (order by channel) - 1 as number
    from touches
    where touch_day < $last_day
    group by channel
"""
TOLD = "select channel from channels order by number"
COUNT = "select count(*) from conversions where conversion_day <= $last_day"
EVENTS = """
    select customer_group, conversion_day - cast($first_day as date) as day
    from at_risk order by row
"""
LED = """
    select at_risk.row, channels.number as channel, conversion_day - touch_day as age
    from at_risk
    inner join touches using (customer_id)
    inner join channels using (channel)
    where conversion_day - touch_day between 1 and $lookback_days
    order by all
"""
REMEMBERED = """
    select
        customer_group,
        channels.number as channel,
        least($lookback_days, cast($last_day as date) - touch_day) as days,
        count(*) as touches
    from touches
    inner join channels using (channel)
    where touch_day < $last_day
    group by all order by all
"""
ENTERED = """
    select customer_group, first_day - cast($first_day as date) as day, count(*) as customers
    from met group by all order by all
"""


@dataclass(frozen=True)
class Observed:
    """What is known of one conversion type.

    Attributes:
        first_day: of either touches or conversions.
        last_day: the last one that both touches and conversions reach.
        channels: their names; arrays hold their numbers.
        conversions: all of them up to the last day, also those of nobody met on an earlier day.
        customers: how many were met.
        group: customer group of each conversion at risk.
        day: its day, counted from the first one.
        led_row: for each touch within the lookback of a conversion, which conversion.
        led_channel: its channel.
        led_age: its age in days, from 1.
        remembered: touches by group, channel and number of days that they are remembered for.
        entered: customers by group and the day on which they were met first.
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
    database: duckdb.DuckDBPyConnection, conversion_type: str, time_zone: str, lookback_days: int
) -> Observed:
    """Count what led to the conversions of a type, and what did not."""
    database.execute(TOUCHES, {"time_zone": time_zone})
    database.execute(CONVERSIONS, {"time_zone": time_zone, "conversion_type": conversion_type})
    first_day, last_day = database.execute(HORIZON).fetchall()[0]
    for statement in (MET, AT_RISK, CHANNELS):
        database.execute(statement, _used(statement, last_day=last_day))

    def arrays(query: str) -> dict[str, np.ndarray]:
        parameters = _used(
            query, first_day=first_day, last_day=last_day, lookback_days=lookback_days
        )
        return database.execute(query, parameters).fetchnumpy()

    channels = tuple(name for (name,) in database.execute(TOLD).fetchall())
    days = (last_day - first_day).days + 1
    events, led = arrays(EVENTS), arrays(LED)
    remembered = np.zeros((GROUPS, len(channels), lookback_days + 1), dtype=np.int64)
    counted = arrays(REMEMBERED)
    remembered[counted["customer_group"], counted["channel"], counted["days"]] = counted["touches"]
    entered = np.zeros((GROUPS, days), dtype=np.int64)
    counted = arrays(ENTERED)
    entered[counted["customer_group"], counted["day"]] = counted["customers"]
    return Observed(
        first_day=first_day,
        last_day=last_day,
        channels=channels,
        conversions=int(arrays(COUNT)["count_star()"][0]),
        customers=int(entered.sum()),
        group=events["customer_group"],
        day=events["day"],
        led_row=led["row"],
        led_channel=led["channel"],
        led_age=led["age"],
        remembered=remembered,
        entered=entered,
    )


def _used(query: str, **parameters: Any) -> dict[str, Any]:
    """Of the parameters those that the query names: DuckDB refuses the others."""
    return {name: value for name, value in parameters.items() if f"${name}" in query}
