{% set ids = {
    'campaign': 'placed.campaign_id',
    'ad': 'placed.ad_id',
    'creative': 'placed.creative_id',
    'content': 'placed.content_id',
    'store': 'touchpoints.store_id',
} %}

-- One row per level below the channel that a model looks at and touchpoint: the unit that it is of,
-- such as douyin_ads / 七夕礼盒. What tells no more than its channel is of the channel.
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

named as (

    select
        level,
        touchpoint_id,
        channel,
        -- a path parts its units by such a sign
        channel || coalesce(' / ' || replace(unit_id, ' > ', ' ＞ '), '') as unit
    from identified

)

select * from named
