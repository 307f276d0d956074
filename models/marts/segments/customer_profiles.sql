-- One row per customer: who they are, whether and how to reach them, and how they stand at the end
-- of the data: value, scores, segments and what these call for. For CRM and campaigns.
with segments as (

    select
        customer_id,
        {{ join_words('segment', ' ', 'segment') }} as segments,
        {{ join_words('segment_name', '、', 'segment') }} as segment_names
    from {{ ref('segment_members') }}
    where left_at is null
    group by customer_id

),

actions as (

    select
        customer_id,
        {{ join_words('action', ' ', 'action') }} as actions
    from (
        select distinct
            customer_id,
            action
        from {{ ref('segment_members') }}
        where left_at is null and action <> 'none'
    ) as asked_for
    group by customer_id

),

scores as (

    select
        customer_id,
        max(case when score_name = 'purchase_intent' then probability end) as purchase_intent,
        max(case when score_name = 'purchase_intent' then grade end) as purchase_intent_grade,
        max(case when score_name = 'churn_risk' then probability end) as churn_risk,
        max(case when score_name = 'churn_risk' then grade end) as churn_risk_grade,
        max(case when score_name = 'lead_score' then probability end) as lead_score,
        max(case when score_name = 'lead_score' then grade end) as lead_grade,
        bool_or(is_handed_to_sales) as is_handed_to_sales
    from {{ ref('customer_scores') }}
    group by customer_id

),

profiles as (

    select
        customers.customer_id,
        customers.is_identified,
        customers.is_member,
        customers.has_phone,
        customers.gender,
        customers.province,
        customers.city,
        customers.member_level,
        customers.tags,
        customers.can_sms,
        customers.can_email,
        customers.is_follower,
        customers.is_wecom_contact,
        customers.has_marketing_consent,
        customers.first_channel,
        customers.preferred_channel,
        customers.preferred_hour,
        customers.favourite_item,
        customers.favourite_category,
        customers.last_seen_at,
        customers.last_order_at,
        customers.order_count,
        customers.net_revenue,
        rfm.recency_days,
        rfm.recency_score,
        rfm.frequency_score,
        rfm.monetary_score,
        coalesce(rfm.activity_score, 0) as activity_score,
        worth.alive_probability,
        worth.expected_value,
        scores.purchase_intent,
        scores.purchase_intent_grade,
        scores.churn_risk,
        scores.churn_risk_grade,
        scores.lead_score,
        scores.lead_grade,
        coalesce(scores.is_handed_to_sales, false) as is_handed_to_sales,
        segments.segments,
        segments.segment_names,
        actions.actions
    from {{ ref('customers') }} as customers
    left join {{ ref('customer_rfm') }} as rfm on customers.customer_id = rfm.customer_id
    left join {{ ref('customer_value') }} as worth on customers.customer_id = worth.customer_id
    left join scores on customers.customer_id = scores.customer_id
    left join segments on customers.customer_id = segments.customer_id
    left join actions on customers.customer_id = actions.customer_id

)

select * from profiles
