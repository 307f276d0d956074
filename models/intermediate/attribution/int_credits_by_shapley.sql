-- One row per conversion, Shapley model and touchpoint: the value of its channel in the game where
-- a coalition wins the conversions that its channels reach alone. That is an equal part for
-- each channel of the path; touchpoints of one channel have equal parts of it. Nothing is left out
-- of it that other paths could tell, so a conversion's credits never change with them.
with touchpoints as (

    select * from {{ ref('int_touchpoints_sequenced') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

{{ paths_viewed('touchpoints', 'shapley') }},

counted as (

    select
        *,
        count(*) over (of_channel) as channel_touches,
        case
            when
                row_number() over (
                    partition by path_view, conversion_id, channel order by touch_position
                ) = 1
                then 1
            else 0
        end as is_new_channel
    from paths
    window of_channel as (partition by path_view, conversion_id, channel)

),

summed as (

    select
        *,
        sum(is_new_channel) over (partition by path_view, conversion_id) as path_channels
    from counted

),

credited as (

    select
        models.attribution_model,
        summed.conversion_id,
        summed.customer_id,
        summed.touchpoint_id,
        summed.channel,
        summed.campaign_id,
        summed.touched_at,
        summed.touch_position,
        summed.path_length,
        cast(1 as double) / (summed.path_channels * summed.channel_touches) as credit
    from summed
    inner join models
        on
            summed.path_view = models.path_view
            and {{ is_of_type('models.conversion_types', 'summed.conversion_type') }}

)

select * from credited
