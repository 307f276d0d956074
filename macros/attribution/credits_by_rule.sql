{#
    Steps of a query: `earned`, one row per conversion, rule model and touchpoint that gets credit, of
    `touchpoints` that meet a condition, as paths_viewed says. Credits of one conversion and model sum
    to 1.
#}
{% macro credits_by_rule(touchpoints, condition='true') -%}
{%- set parts = [
    'first', 'last', 'last_non_direct', 'first_paid', 'last_paid', 'lead', 'between', 'even',
    'decayed', 'weighted'
] -%}
{{ paths_viewed(touchpoints, condition, 'rule') }},

-- the nearest touchpoint weighs 1: far ones of a short half-life would all be nothing
weighed as (

    select
        *,
        exp(-ln(2.0) * (hours_before - nearest_hours_before) / (halved_in_days * 24)) as decay
    from paths

),

-- weights are added up as decimals: a sum of doubles hangs on the order of rows
described_paths as (

    select
        path_view,
        conversion_id,
        max(case when not is_direct then touch_position end) as last_non_direct_position,
        min(case when is_paid then touch_position end) as first_paid_position,
        max(case when is_paid then touch_position end) as last_paid_position,
        max(case when touched_at <= lead_at then touch_position end) as lead_position,
        cast(sum(cast(decay as decimal(18, 16))) as double) as path_decay,
        cast(sum(cast(weight as decimal(18, 9))) as double) as path_weight
    from weighed
    where is_described
    group by path_view, conversion_id

),

positioned as (

    select
        weighed.*,
        described_paths.lead_position,
        coalesce(weighed.touch_position = described_paths.lead_position, false) as is_of_lead,
        weighed.touch_position = 1 as is_first,
        weighed.touch_position = weighed.path_length as is_last,
        -- where no touchpoint of the path is such a one, the first or the last of all
        weighed.touch_position
        = coalesce(described_paths.last_non_direct_position, weighed.path_length)
            as is_last_non_direct,
        weighed.touch_position = coalesce(described_paths.first_paid_position, 1) as is_first_paid,
        weighed.touch_position = coalesce(described_paths.last_paid_position, weighed.path_length)
            as is_last_paid,
        coalesce(weighed.decay / described_paths.path_decay, 0) as decayed_part,
        coalesce(weighed.weight / described_paths.path_weight, 0) as weighted_part
    from weighed
    left join described_paths
        on
            weighed.path_view = described_paths.path_view
            and weighed.conversion_id = described_paths.conversion_id

),

-- whom the lead came to is not between the others where that earns a share
judged as (

    select
        positioned.*,
        models.attribution_model,
        {% for part in parts %}
            models.{{ part }}_share,
        {% endfor %}
        models.lead_share > 0 and positioned.is_of_lead as is_lead,
        positioned.path_length - 2
        - case
            when
                models.lead_share > 0
                and positioned.lead_position between 2 and positioned.path_length - 1
                then 1
            else 0
        end as between_count
    from positioned
    inner join models
        on
            positioned.path_view = models.path_view
            and (positioned.hours_before is not null or not models.needs_times)
            and {{ is_of_type('models.conversion_types', 'positioned.conversion_type') }}
            -- of long paths, models of one place need not look at all the others
            and (
                models.between_share + models.even_share
                + models.decayed_share + models.weighted_share > 0
                or positioned.is_of_lead
                {% for place in ['first', 'last', 'last_non_direct', 'first_paid', 'last_paid'] %}
                    or positioned.is_{{ place }}
                {% endfor %}
            )

),

credited as (

    select
        attribution_model,
        conversion_id,
        customer_id,
        touchpoint_id,
        channel,
        campaign_id,
        touched_at,
        touch_position,
        path_length,
        (
            case when is_first then first_share else 0 end
            + case when is_last then last_share else 0 end
            + case when is_last_non_direct then last_non_direct_share else 0 end
            + case when is_first_paid then first_paid_share else 0 end
            + case when is_last_paid then last_paid_share else 0 end
            + case when is_lead then lead_share else 0 end
            + case when is_first or is_last or is_lead then 0 else between_share / between_count end
            + even_share / path_length
            + decayed_share * decayed_part
            + weighted_share * weighted_part
        )
        -- without a lead, or with nobody between, the other shares are all there is
        / (
            1
            - case when between_count > 0 then 0 else between_share end
            - case when lead_position is null then lead_share else 0 end
        ) as credit
    from judged

),

earned as (

    select * from credited
    where credit > 0

)
{%- endmacro %}
