-- One row per conversion and touchpoint: the Shapley value of its channel in the game where a
-- coalition wins the conversions that its channels reach alone. That is an equal part for each
-- channel of the path; touchpoints of one channel have equal parts of it. Nothing is left out of
-- it that other paths could tell, so a conversion's credits never change with them.
with touchpoints as (

    select
        *,
        count(*) over (partition by conversion_id, channel) as channel_touches,
        case
            when
                row_number() over (partition by conversion_id, channel order by touch_position) = 1
                then 1
            else 0
        end as is_new_channel
    from {{ ref('int_touchpoints_sequenced') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

counted as (

    select
        *,
        sum(is_new_channel) over (partition by conversion_id) as path_channels
    from touchpoints

),

credited as (

    select
        models.attribution_model,
        counted.conversion_id,
        counted.customer_id,
        counted.touchpoint_id,
        counted.channel,
        counted.campaign_id,
        counted.touched_at,
        counted.touch_position,
        counted.path_length,
        cast(1 as double) / (counted.path_channels * counted.channel_touches) as credit
    from counted
    inner join {{ ref('attribution_models') }} as models
        on models.kind = 'shapley'

)

select * from credited
