{% set ids = {
    'campaign': 'placed.campaign_id',
    'ad': 'placed.ad_id',
    'creative': 'placed.creative_id',
    'content': 'placed.content_id',
    'store': 'touchpoints.store_id',
} %}

-- One row per level below the channel that a model looks at and touchpoint: the unit that it is of,
-- such as douyin_ads / 7301001. What tells no more than its channel is of the channel.
with levels as (

    select distinct level
    from {{ ref('attribution_models') }}
    where level <> 'channel'

),

identified as (

    select
        levels.level,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        case levels.level
            {% for level, id in ids.items() %}
                when '{{ level }}' then {{ id }}
            {% endfor %}
        end as unit_id
    from {{ ref('int_touchpoints_identified') }} as touchpoints
    cross join levels
    left join {{ ref('int_touchpoints_placed') }} as placed
        on cast(touchpoints.touchpoint_id as string) = placed.touchpoint_id

),

counted as (

    select
        level,
        channel,
        unit_id,
        row_number() over (partition by level order by count(*) desc, channel asc, unit_id asc)
            as unit_rank
    from identified
    where unit_id is not null
    group by level, channel, unit_id

),

-- anybody can write campaigns into a link, and each unit is one more chain of all
frequent as (

    select * from counted
    where unit_rank <= {{ var('level_max_units') }}

),

named as (

    select
        identified.level,
        identified.touchpoint_id,
        identified.channel,
        -- a path parts its units by this sign
        identified.channel || coalesce(' / ' || replace(frequent.unit_id, '>', '＞'), '') as unit
    from identified
    left join frequent
        on
            identified.level = frequent.level
            and identified.channel = frequent.channel
            and identified.unit_id = frequent.unit_id

)

select * from named
