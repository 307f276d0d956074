-- One row per conversion type, level below the channel that a Markov model looks at, and journey
-- that converted or did not: the path of units that it took. Reports can place any touchpoint anew,
-- and so these are built whole.
with asked as (

    select distinct
        models.level,
        types.conversion_type,
        types.counts,
        types.lookback_days
    from {{ ref('attribution_models') }} as models
    inner join {{ ref('int_conversion_types') }} as types
        on {{ is_of_type('models.conversion_types', 'types.conversion_type') }}
    where models.kind = 'markov' and models.level <> 'channel'

),

types as (

    select distinct
        conversion_type,
        counts,
        lookback_days
    from asked

),

known_conversions as (

    select * from {{ ref('int_conversions_numbered') }}
    where conversion_type in (select types.conversion_type from types)

),

looked_at as (

    select count(*) as type_count
    from types

),

-- where no model asks, nothing is worked out
touches as (

    select
        touchpoints.customer_id,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.touched_at
    from {{ ref('int_touchpoints_identified') }} as touchpoints
    cross join looked_at
    where looked_at.type_count > 0

),

{{ touches_since_conversion('touches', 'known_conversions', 'types') }},

converted as (

    select
        touches.conversion_type,
        asked.level,
        touches.customer_id,
        touches.conversion_id as sampled_id,
        {{ join_words('units.unit', ' > ', 'touches.touch_position') }} as path,
        count(*) as path_length,
        cast(1 as double) as conversions,
        min(conversions.revenue) as revenue,
        cast(0 as double) as non_conversions
    from {{ ref('int_touchpoints_sequenced') }} as touches
    inner join asked
        on touches.conversion_type = asked.conversion_type
    inner join {{ ref('int_touchpoints_at_levels') }} as units
        on
            asked.level = units.level
            and touches.touchpoint_id = units.touchpoint_id
    inner join {{ ref('int_conversions_identified') }} as conversions
        on touches.conversion_id = conversions.conversion_id
    group by
        touches.conversion_type, asked.level, touches.customer_id, touches.conversion_id

),

unconverted as (

    select
        touches.conversion_type,
        asked.level,
        touches.customer_id,
        {{ hash_id('touches.customer_id') }} as sampled_id,
        {{ join_words('units.unit', ' > ', 'touches.position_from_end desc') }} as path,
        count(*) as path_length,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        cast(1 as double) as non_conversions
    from since_conversion as touches
    inner join asked
        on touches.conversion_type = asked.conversion_type
    inner join {{ ref('int_touchpoints_at_levels') }} as units
        on
            asked.level = units.level
            and touches.touchpoint_id = units.touchpoint_id
    group by touches.conversion_type, asked.level, touches.customer_id

),

unioned as (

    select * from converted
    union all
    select * from unconverted

)

select * from unioned
