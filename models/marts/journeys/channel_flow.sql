-- One row per conversion type, step and pair of channels that follow each other in paths. Steps are
-- counted from the end, where paths of all lengths meet; touches of one channel in a row are one.
with stays as (

    select * from {{ ref('int_path_stays_sequenced') }}

),

flows as (

    select
        conversion_type,
        stay_from_end as step,
        channel as from_channel,
        next_channel as to_channel,
        conversions,
        non_conversions,
        revenue
    from stays
    where next_channel is not null
    union all
    select
        conversion_type,
        stay_from_end + 1 as step,
        '(start)' as from_channel,
        channel as to_channel,
        conversions,
        non_conversions,
        revenue
    from stays
    where previous_channel is null
    union all
    select
        conversion_type,
        stay_from_end as step,
        channel as from_channel,
        '(conversion)' as to_channel,
        conversions,
        0 as non_conversions,
        revenue
    from stays
    where next_channel is null and (conversions > 0 or revenue <> 0)
    union all
    select
        conversion_type,
        stay_from_end as step,
        channel as from_channel,
        '(null)' as to_channel,
        0 as conversions,
        non_conversions,
        0 as revenue
    from stays
    where next_channel is null and non_conversions > 0

),

counted as (

    select
        flows.conversion_type,
        cast(flows.step as bigint) as step,
        flows.from_channel,
        coalesce(max(sources.name_zh), flows.from_channel) as from_channel_name,
        flows.to_channel,
        coalesce(max(targets.name_zh), flows.to_channel) as to_channel_name,
        cast(sum(flows.conversions + flows.non_conversions) as double) as journeys,
        cast(sum(flows.conversions) as double) as conversions,
        cast(sum(flows.revenue) as double) as revenue
    from flows
    left join {{ ref('channels') }} as sources on flows.from_channel = sources.channel
    left join {{ ref('channels') }} as targets on flows.to_channel = targets.channel
    where flows.step <= {{ var('flow_max_steps') }}
    group by flows.conversion_type, flows.step, flows.from_channel, flows.to_channel

)

select * from counted
