{#
    Steps of a query: `credited`, one row per conversion, Shapley model and touchpoint, of
    `touchpoints` that meet a condition, as paths_viewed says: the value of its channel in the game
    where a coalition wins the conversions that its channels reach alone. That is an equal part for
    each channel of the path; touchpoints of one channel have equal parts of it. `at_levels` as
    paths_viewed says.
#}
{% macro credits_by_shapley(touchpoints, condition='true', at_levels=false) -%}
{{ paths_viewed(touchpoints, condition, 'shapley', at_levels) }},

touches_of_units as (

    select
        path_view,
        conversion_id,
        unit,
        count(*) as touches
    from paths
    group by path_view, conversion_id, unit

),

units_of_paths as (

    select
        path_view,
        conversion_id,
        count(*) as units
    from touches_of_units
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
        cast(1 as double) / (units_of_paths.units * touches_of_units.touches) as credit
    from paths
    inner join touches_of_units
        on
            paths.path_view = touches_of_units.path_view
            and paths.conversion_id = touches_of_units.conversion_id
            and paths.unit = touches_of_units.unit
    inner join units_of_paths
        on
            paths.path_view = units_of_paths.path_view
            and paths.conversion_id = units_of_paths.conversion_id
    inner join models
        on
            paths.path_view = models.path_view
            and {{ is_of_type('models.conversion_types', 'paths.conversion_type') }}

)
{%- endmacro %}
