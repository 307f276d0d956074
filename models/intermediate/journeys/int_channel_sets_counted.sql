-- One row per conversion type and set of channels that make up a path.
with counted as (

    select
        conversion_type,
        channel_set_id,
        channel_set,
        sum(conversions) as conversions,
        sum(journeys) as journeys
    from {{ ref('int_channel_sets_grouped') }}
    group by conversion_type, channel_set_id, channel_set

)

select * from counted
