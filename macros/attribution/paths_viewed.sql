{#
    Steps of a query: `models`, those of a kind in the seed attribution_models that look at channels,
    and `paths`, touchpoints as these look at them: one row per conversion, view and touchpoint in it,
    in order, of a relation or step shaped as int_touchpoints_sequenced: of its rows `touchpoints` that
    meet a condition. (A step that does no more than filter would be kept and copied: it is read twice.)
    A view is a look-back, a transform of paths and a half-life; models with the same share one, and
    those that do not decay look at any. A whole path keeps its places and its nearest hours; where
    something is left out, they are counted anew.

    With `at_levels` the models that look at what is below channels; the step then has a row for each
    `level`, and the `unit` that the touchpoint is of.
#}
{% macro paths_viewed(touchpoints, condition, kind, at_levels=false) -%}
decays as (

    select
        *,
        case
            when decayed_share > 0
                then coalesce(half_life_days, {{ var('time_decay_half_life_days') }})
        end as decays_in_days
    from {{ ref('attribution_models') }}
    where kind = '{{ kind }}' and level {{ '<>' if at_levels else '=' }} 'channel'

),

halved as (

    select
        *,
        coalesce(
            decays_in_days,
            min(decays_in_days) over (
                partition by level, path_transform, coalesce(lookback_days, 0)
            ),
            {{ var('time_decay_half_life_days') }}
        ) as halved_in_days
    from decays

),

models as (

    select
        *,
        cast(
            dense_rank() over (
                order by level, path_transform, coalesce(lookback_days, 0), halved_in_days
            ) as bigint
        ) as path_view
    from halved

),

path_views as (

    select
        path_view,
        level,
        path_transform,
        lookback_days,
        halved_in_days,
        path_transform = 'every' and lookback_days is null as is_whole,
        -- whether any of its models asks for more than first, last and between
        sum(
            last_non_direct_share + first_paid_share + last_paid_share
            + lead_share + decayed_share + weighted_share
        ) > 0 as is_described
    from models
    group by path_view, level, path_transform, lookback_days, halved_in_days

),

{% for step in ['whole', 'partial'] %}
{{ step }} as (

    select
        touchpoints.*,
        {{ '' if at_levels else 'touchpoints.channel as unit,' }}
        path_views.path_view,
        path_views.path_transform,
        path_views.halved_in_days,
        path_views.is_described,
        coalesce(channels.is_direct, false) as is_direct,
        coalesce(channels.is_paid, false) as is_paid
    from {{ touchpoints }} as touchpoints
    inner join path_views
        on
            {{ 'path_views.is_whole' if step == 'whole' else 'not path_views.is_whole' }}
            {{ 'and touchpoints.level = path_views.level' if at_levels }}
            {% if step == 'partial' %}
                and (
                    path_views.lookback_days is null
                    -- an aggregated path has no times
                    or touchpoints.hours_before is null
                    or touchpoints.hours_before < path_views.lookback_days * 24
                )
            {% endif %}
    left join {{ ref('channels') }} as channels
        on touchpoints.channel = channels.channel
    where {{ condition }}

),

{% endfor %}
described as (

    select
        *,
        lag(unit) over (partition by path_view, conversion_id order by touch_position)
            as unit_before,
        row_number() over (
            partition by path_view, conversion_id, unit order by touch_position
        ) as number_in_unit,
        row_number() over (
            partition by path_view, conversion_id, unit order by touch_position desc
        ) as number_from_end,
        min(case when is_direct then 1 else 0 end) over (partition by path_view, conversion_id) = 1
            as is_direct_only
    from partial

),

kept as (

    select
        *,
        row_number() over (partition by path_view, conversion_id order by touch_position)
            as kept_position,
        count(*) over (partition by path_view, conversion_id) as kept_length,
        min(hours_before) over (partition by path_view, conversion_id)
            as nearest_kept_hours_before
    from described
    where
        path_transform = 'every'
        or (path_transform = 'no_repeats' and unit is distinct from unit_before)
        or (path_transform = 'first_of_channel' and number_in_unit = 1)
        or (path_transform = 'last_of_channel' and number_from_end = 1)
        or (path_transform = 'no_direct' and (not is_direct or is_direct_only))

),

{% set columns = [
    'path_view', 'conversion_id', 'conversion_type', 'customer_id', 'touchpoint_id', 'channel',
    'unit', 'campaign_id', 'weight', 'touched_at', 'hours_before', 'lead_at', 'is_direct',
    'is_paid', 'halved_in_days', 'is_described'
] | join(',
        ') %}
paths as (

    select
        {{ columns }},
        nearest_hours_before,
        touch_position,
        path_length
    from whole
    union all
    select
        {{ columns }},
        nearest_kept_hours_before as nearest_hours_before,
        cast(kept_position as bigint) as touch_position,
        cast(kept_length as bigint) as path_length
    from kept

)
{%- endmacro %}
