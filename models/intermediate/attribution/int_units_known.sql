-- One row per level below the channel and unit: the channel that it is of.
with known as (

    select
        level,
        unit,
        min(channel) as channel
    from {{ ref('int_touchpoints_at_levels') }}
    group by level, unit

)

select * from known
