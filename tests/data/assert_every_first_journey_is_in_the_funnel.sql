-- A customer who entered through no channel, or through two, would make the sum of channels wrong.
with entered as (

    select
        funnel_stage,
        sum(case when entry_channel = '(all)' then customers_reached else 0 end) as all_customers,
        sum(case when entry_channel <> '(all)' then customers_reached else 0 end)
            as customers_of_channels
    from {{ ref('journey_funnel') }}
    group by funnel_stage

),

customers as (

    select count(distinct customer_id) as customers
    from {{ ref('int_first_journeys_staged') }}

)

select
    entered.*,
    customers.customers
from entered
cross join customers
inner join {{ ref('funnel_stages') }} as stages
    on entered.funnel_stage = stages.funnel_stage
where
    entered.all_customers <> entered.customers_of_channels
    or (stages.stage_number = 1 and entered.all_customers <> customers.customers)
