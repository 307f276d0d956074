-- One row per segment, customer and stay that has begun by the newest record of the data. What time
-- alone will end is still a stay.
with segments as (

    {{ segment_names_table(segment_conditions()) }}

),

timed as (

    select
        *,
        {{ local_to_utc('cast(entered_on as string)') }} as entered_at,
        {{ local_to_utc('cast(left_on as string)') }} as ends_at
    from {{ ref('int_segment_stays') }}

),

begun as (

    select
        timed.segment,
        segments.segment_name,
        segments.action,
        timed.customer_id,
        timed.entered_at,
        case when timed.ends_at <= data_clock.now_at then timed.ends_at end as left_at,
        case when timed.ends_at > data_clock.now_at then timed.ends_at end as expected_until,
        timed.reason
    from timed
    inner join segments
        on timed.segment = segments.segment
    cross join {{ ref('int_data_clock') }} as data_clock
    where timed.entered_at <= data_clock.now_at

)

select * from begun
