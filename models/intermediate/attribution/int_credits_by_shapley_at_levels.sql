-- One row per conversion, Shapley model of a level below the channel and touchpoint: an equal part
-- for each unit of the path. Reports can place any touchpoint anew, and so these are built whole.
with levels as (

    select distinct level
    from {{ ref('attribution_models') }}
    where kind = 'shapley' and level <> 'channel'

),

-- what no report places, as of an aggregated path, is of its channel
touchpoints as (

    select
        sequenced.*,
        levels.level,
        coalesce(units.unit, sequenced.channel) as unit
    from {{ ref('int_touchpoints_sequenced') }} as sequenced
    cross join levels
    left join {{ ref('int_touchpoints_at_levels') }} as units
        on
            levels.level = units.level
            and sequenced.touchpoint_id = units.touchpoint_id

),

{{ credits_by_shapley('touchpoints', at_levels=true) }}

select * from credited
