{#
    Steps from `known` to `features`: of every customer known by the date of a snapshot, what could
    be told of them at the end of that day. Nothing here may read what happened later: a refund, a
    cancellation, the next order. Who is one customer is the exception: it is known as of today.
    `snapshots` says which rows of int_score_dates.
#}
{% macro customer_features(snapshots) -%}
known as (

    select
        resolved.customer_id,
        {{ local_date('observed.first_seen_at') }} as known_date
    from {{ ref('int_identifiers_observed') }} as observed
    inner join {{ ref('int_identifiers_resolved') }} as resolved
        on observed.identifier_id = resolved.identifier_id
    where
        observed.rejected_by is null
        and observed.identifier_type in ('{{ var("effects_known_by") | join("', '") }}')
    union all
    select
        customer_id,
        purchase_date as known_date
    from {{ ref('int_purchase_days') }}
    where purchase_count > 0

),

snapshots as (

    select
        known.customer_id,
        dates.as_of_date,
        min(known.known_date) as known_date
    from known
    inner join {{ ref('int_score_dates') }} as dates
        on known.known_date <= dates.as_of_date
    where {{ snapshots }}
    group by known.customer_id, dates.as_of_date

),

aged as (

    select
        snapshots.customer_id,
        snapshots.as_of_date,
        days.active_date,
        days.activity,
        days.channel,
        days.act_count,
        {{ days_between('days.active_date', 'snapshots.as_of_date') }} as age
    from snapshots
    inner join {{ ref('int_customer_days') }} as days
        on
            snapshots.customer_id = days.customer_id
            and snapshots.as_of_date >= days.active_date

),

acts as (

    select
        customer_id,
        as_of_date,
        min(age) as days_since_act,
        count(distinct case when age < 30 then active_date end) as active_days,
        count(distinct case when age < 30 then channel end) as channels
        {%- for activity in [
            'paid_touch', 'other_touch', 'awareness', 'interest', 'consideration', 'intent'
        ] %},
        sum(
            case
                when activity = '{{ activity }}'
                    then {{ decayed('act_count', 'age', var('activity_half_life_days')) }}
                else 0
            end
        ) as {{ activity }}
        {%- endfor %}
    from aged
    where age < {{ var('activity_window_days') }}
    group by customer_id, as_of_date

),

bought as (

    select
        snapshots.customer_id,
        snapshots.as_of_date,
        sum(days.purchase_count) as purchase_count,
        count(*) as purchase_days,
        min(days.purchase_date) as first_purchase_date,
        max(days.purchase_date) as last_purchase_date,
        sum(days.paid_revenue) as paid_revenue,
        sum({{ decayed(
            'days.purchase_count',
            days_between('days.purchase_date', 'snapshots.as_of_date'),
            var('purchase_half_life_days')
        ) }}) as recent_purchases
    from snapshots
    inner join {{ ref('int_purchase_days') }} as days
        on
            snapshots.customer_id = days.customer_id
            and snapshots.as_of_date >= days.purchase_date
    where days.purchase_count > 0
    group by snapshots.customer_id, snapshots.as_of_date

),

timed as (

    select
        *,
        {{ days_between('last_purchase_date', 'as_of_date') }} as days_since_purchase,
        {{ days_between('first_purchase_date', 'last_purchase_date') }}
        / cast(nullif(purchase_days - 1, 0) as double) as usual_gap
    from bought

),

-- no feature is null: who never did a thing has 0 of it
features as (

    select
        snapshots.customer_id,
        snapshots.as_of_date,
        cast(coalesce(timed.purchase_count, 0) as bigint) as purchase_count,
        ln(1 + {{ days_between('snapshots.known_date', 'snapshots.as_of_date') }}) as known_days,
        sqrt(cast(coalesce(timed.recent_purchases, 0) as double)) as orders,
        coalesce(
            exp(-ln(2.0) * timed.days_since_purchase / {{ var('purchase_half_life_days') }}), 0
        ) as order_recency,
        ln(1 + cast(coalesce(timed.paid_revenue / timed.purchase_count, 0) as double))
            as order_value,
        -- least() passes over nulls
        case
            when timed.usual_gap > 0 then least(timed.days_since_purchase / timed.usual_gap, 5)
            else 0
        end as order_rhythm,
        sqrt(cast(coalesce(acts.paid_touch, 0) as double)) as paid_touches,
        sqrt(cast(coalesce(acts.other_touch, 0) as double)) as other_touches,
        sqrt(cast(coalesce(acts.awareness, 0) as double)) as messages,
        sqrt(cast(coalesce(acts.interest, 0) as double)) as interest,
        sqrt(cast(coalesce(acts.consideration, 0) as double)) as consideration,
        sqrt(cast(coalesce(acts.intent, 0) as double)) as intent,
        coalesce(
            exp(-ln(2.0) * acts.days_since_act / {{ var('activity_half_life_days') }}), 0
        ) as active_recency,
        ln(1 + cast(coalesce(acts.active_days, 0) as double)) as active_days,
        ln(1 + cast(coalesce(acts.channels, 0) as double)) as channels
    from snapshots
    left join acts
        on snapshots.customer_id = acts.customer_id and snapshots.as_of_date = acts.as_of_date
    left join timed
        on snapshots.customer_id = timed.customer_id and snapshots.as_of_date = timed.as_of_date

)
{%- endmacro %}
