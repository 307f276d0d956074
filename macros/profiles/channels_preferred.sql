{# The query of int_channels_preferred. #}
{% macro channels_preferred() -%}
with touched as (

    select
        touchpoints.customer_id,
        touchpoints.touchpoint_id,
        touchpoints.touchpoint_kind,
        touchpoints.channel,
        -- direct says nothing about where to meet somebody
        case when channels.is_direct then 1 else 0 end as direct_rank,
        touchpoints.campaign_id,
        touchpoints.touched_at,
        cast(extract(hour from {{ local_time('touchpoints.touched_at') }}) as bigint) as hour_of_day
    from {{ ref('int_touchpoints_identified') }} as touchpoints
    left join {{ ref('channels') }} as channels
        on touchpoints.channel = channels.channel
    where {{ is_touched('touchpoints.customer_id', 'int_customers_touched') }}

),

ends as (

    select
        customer_id,
        count(case when touchpoint_kind = 'session' then 1 end) as session_count,
        {{ min_by('channel', '(touched_at, touchpoint_id)') }} as first_channel,
        {{ min_by('campaign_id', '(touched_at, touchpoint_id)') }} as first_campaign_id,
        min(touched_at) as first_touch_at,
        {{ max_by('channel', '(touched_at, touchpoint_id)') }} as last_channel,
        {{ max_by('campaign_id', '(touched_at, touchpoint_id)') }} as last_campaign_id,
        max(touched_at) as last_touch_at
    from touched
    group by customer_id

),

by_channel as (

    select
        customer_id,
        channel,
        direct_rank,
        count(*) as touches
    from touched
    group by customer_id, channel, direct_rank

),

channels as (

    select
        customer_id,
        count(*) as channel_count,
        {{ join_words('channel', ', ', 'channel') }} as channels,
        {{ min_by('channel', '(direct_rank, -touches, channel)') }} as preferred_channel
    from by_channel
    group by customer_id

),

by_hour as (

    select
        customer_id,
        hour_of_day,
        count(*) as touches
    from touched
    group by customer_id, hour_of_day

),

hours as (

    select
        customer_id,
        {{ min_by('hour_of_day', '(-touches, hour_of_day)') }} as preferred_hour
    from by_hour
    group by customer_id

),

preferred as (

    select
        ends.*,
        channels.channel_count,
        channels.channels,
        channels.preferred_channel,
        hours.preferred_hour
    from ends
    inner join channels
        on ends.customer_id = channels.customer_id
    inner join hours
        on ends.customer_id = hours.customer_id

)

select * from preferred
{%- endmacro %}
