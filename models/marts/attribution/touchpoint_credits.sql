-- One row per conversion, attribution model and touchpoint that gets credit; a conversion without
-- a touchpoint has one row a model, unattributed. A ledger that balances: credits of a conversion
-- and model sum to 1, revenues to what the conversion is worth.
with conversions as (

    select
        conversion_id,
        conversion_type,
        customer_id,
        converted_at,
        conversion_number = 1 as is_first_of_customer,
        cast(1 as double) as conversions,
        revenue
    from {{ ref('int_conversions_identified') }}
    union all
    select
        {{ hash_id('declared_path_id') }} as conversion_id,
        'path' as conversion_type,
        'aggregated' as customer_id,
        cast(null as timestamp) as converted_at,
        cast(null as boolean) as is_first_of_customer,
        conversions,
        revenue
    from {{ ref('int_paths_arrived') }}
    where conversions > 0 or revenue > 0

),

touched as (

    select * from conversions
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

credits as (

    {% for kind in ['rule', 'shapley'] %}
        select * from {{ ref('int_credits_by_' ~ kind) }}
        where {{ is_touched('customer_id', 'int_customers_touched') }}
        union all
    {% endfor %}
    -- of all customers: one new path changes what every channel weighs, and a report what is placed
    select * from {{ ref('int_credits_by_markov') }}
    union all
    select * from {{ ref('int_credits_by_shapley_at_levels') }}

),

unattributed as (

    select
        models.attribution_model,
        touched.conversion_id,
        touched.customer_id,
        cast(null as bigint) as touchpoint_id,
        'unattributed' as channel,
        cast(null as string) as campaign_id,
        cast(null as timestamp) as touched_at,
        cast(null as bigint) as touch_position,
        cast(0 as bigint) as path_length,
        cast(1 as double) as credit
    from touched
    inner join {{ ref('attribution_models') }} as models
        on {{ is_of_type('models.conversion_types', 'touched.conversion_type') }}
    left join credits
        on
            touched.conversion_id = credits.conversion_id
            and models.attribution_model = credits.attribution_model
    where
        credits.conversion_id is null
        -- aggregated paths have no times: a model that needs them has nothing to say about them
        and not (touched.customer_id = 'aggregated' and models.needs_times)

),

ledger as (

    select * from credits
    union all
    select * from unattributed

),

valued as (

    select
        cast(
            {{ hash_id(
                "ledger.attribution_model || '|' || cast(ledger.conversion_id as string)"
                ~ " || '|' || coalesce(cast(ledger.touchpoint_id as string), '')"
            ) }}
            as string
        ) as credit_id,
        ledger.attribution_model,
        cast(ledger.conversion_id as string) as conversion_id,
        conversions.conversion_type,
        ledger.customer_id,
        conversions.converted_at,
        {{ local_date('conversions.converted_at') }} as conversion_date,
        conversions.is_first_of_customer,
        cast(ledger.touchpoint_id as string) as touchpoint_id,
        ledger.channel,
        ledger.campaign_id,
        ledger.touched_at,
        ledger.touch_position,
        ledger.path_length,
        ledger.credit,
        ledger.credit * conversions.conversions as conversions,
        ledger.credit * conversions.revenue as revenue
    from ledger
    inner join conversions
        on ledger.conversion_id = conversions.conversion_id

)

select * from valued
