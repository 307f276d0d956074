-- One row per conversion, Shapley model and touchpoint: the value of its channel in the game where
-- a coalition wins the conversions that its channels reach alone. That is an equal part for
-- each channel of the path; touchpoints of one channel have equal parts of it. Nothing is left out
-- of it that other paths could tell, so a conversion's credits never change with them.
with touchpoints as (

    select * from {{ ref('int_touchpoints_sequenced') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

{{ paths_viewed('touchpoints', 'shapley') }},

channel_touches as (

    select
        path_view,
        conversion_id,
        channel,
        count(*) as touches
    from paths
    group by path_view, conversion_id, channel

),

path_channels as (

    select
        path_view,
        conversion_id,
        count(*) as channels
    from channel_touches
    group by path_view, conversion_id

),

credited as (

    select
        models.attribution_model,
        paths.conversion_id,
        paths.customer_id,
        paths.touchpoint_id,
        paths.channel,
        paths.campaign_id,
        paths.touched_at,
        paths.touch_position,
        paths.path_length,
        cast(1 as double) / (path_channels.channels * channel_touches.touches) as credit
    from paths
    inner join channel_touches
        on
            paths.path_view = channel_touches.path_view
            and paths.conversion_id = channel_touches.conversion_id
            and paths.channel = channel_touches.channel
    inner join path_channels
        on
            paths.path_view = path_channels.path_view
            and paths.conversion_id = path_channels.conversion_id
    inner join models
        on
            paths.path_view = models.path_view
            and {{ is_of_type('models.conversion_types', 'paths.conversion_type') }}

)

select * from credited
