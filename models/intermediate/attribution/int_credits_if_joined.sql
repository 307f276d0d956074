-- One row per conversion, rule model and touchpoint that would get credit if likely matches were
-- believed: of nobody but the customers who would be others then.
with leads as (

    select
        joined.likely_customer_id,
        numbered.converted_at as lead_at
    from {{ ref('int_conversions_numbered') }} as numbered
    inner join {{ ref('int_customers_joined') }} as joined
        on numbered.customer_id = joined.customer_id
    where numbered.conversion_type = 'lead'

),

-- the latest lead of whichever half
conversions as (

    select
        conversions.conversion_id,
        conversions.conversion_type,
        joined.likely_customer_id as customer_id,
        conversions.converted_at,
        conversions.revenue,
        conversions.window_started_at,
        max(leads.lead_at) as lead_at
    from {{ ref('int_conversions_identified') }} as conversions
    inner join {{ ref('int_customers_joined') }} as joined
        on conversions.customer_id = joined.customer_id
    left join leads
        on
            joined.likely_customer_id = leads.likely_customer_id
            and conversions.converted_at >= leads.lead_at
    group by
        conversions.conversion_id, conversions.conversion_type, joined.likely_customer_id,
        conversions.converted_at, conversions.revenue, conversions.window_started_at

),

touchpoints as (

    select
        joined.likely_customer_id as customer_id,
        touchpoints.touched_at,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.campaign_id,
        touchpoints.weight
    from {{ ref('int_touchpoints_identified') }} as touchpoints
    inner join {{ ref('int_customers_joined') }} as joined
        on touchpoints.customer_id = joined.customer_id

),

{{ sequenced_touchpoints('touchpoints', 'conversions') }},

{{ credits_by_rule('sequenced') }},

given as (

    select
        rules.attribution_model,
        conversions.conversion_id,
        conversions.conversion_type,
        conversions.customer_id,
        coalesce(earned.channel, 'unattributed') as channel,
        {{ local_date('conversions.converted_at') }} as conversion_date,
        coalesce(earned.credit, 1) as conversions,
        coalesce(earned.credit, 1) * conversions.revenue as revenue
    from conversions
    inner join models as rules
        on {{ is_of_type('rules.conversion_types', 'conversions.conversion_type') }}
    left join earned
        on
            conversions.conversion_id = earned.conversion_id
            and rules.attribution_model = earned.attribution_model

)

select * from given
