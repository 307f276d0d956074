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

-- where no model asks, nothing is worked out
touches as (

    select
        customer_id,
        touchpoint_id,
        channel,
        touched_at
    from {{ ref('int_touchpoints_identified') }}
    where exists (select types.conversion_type from types)

),

{{ touches_since_conversion('touches', 'known_conversions', 'types') }},

journeys as (

    select
        conversion_type,
        customer_id,
        conversion_id as sampled_id,
        touchpoint_id,
        touch_position,
        1 as conversions
    from {{ ref('int_touchpoints_sequenced') }}
    union all
    select
        conversion_type,
        customer_id,
        {{ hash_id('customer_id') }} as sampled_id,
        touchpoint_id,
        -position_from_end as touch_position,
        0 as conversions
    from since_conversion

),

pathed as (

    select
        journeys.conversion_type,
        asked.level,
        journeys.customer_id,
        journeys.sampled_id,
        {{ join_words('units.unit', ' > ', 'journeys.touch_position') }} as path,
        count(*) as path_length,
        cast(journeys.conversions as double) as conversions,
        coalesce(min(valued.revenue), 0) as revenue,
        cast(1 - journeys.conversions as double) as non_conversions
    from journeys
    inner join asked
        on journeys.conversion_type = asked.conversion_type
    inner join {{ ref('int_touchpoints_at_levels') }} as units
        on
            asked.level = units.level
            and journeys.touchpoint_id = units.touchpoint_id
    left join {{ ref('int_conversions_identified') }} as valued
        on journeys.sampled_id = valued.conversion_id
    group by
        journeys.conversion_type, asked.level, journeys.customer_id, journeys.sampled_id,
        journeys.conversions

)

select * from pathed
