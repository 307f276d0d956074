-- Revenue would be lost or made up on the way to the channels, or a model would skip an order.
-- Where not every purchase counts, or more than orders do (conversion_types), there is no such sum.
with credited as (

    select
        attribution_model,
        sum(revenue) as revenue
    from {{ ref('touchpoint_credits') }}
    where conversion_type = 'purchase'
    group by attribution_model

),

-- what came back is an order of its own, of no channel: it lowers the sale that it names
returned as (

    select coalesce(sum(cast(-lines.gross_revenue as double)), 0) as revenue
    from {{ ref('orders') }} as returns
    inner join {{ ref('int_order_lines_counted') }} as lines
        on returns.source = lines.source and returns.source_order_id = lines.source_order_id
    inner join {{ ref('orders') }} as sales
        on cast(lines.original_order_id as string) = sales.order_id
    where
        returns.order_kind = 'return'
        and returns.paid_at is not null
        and returns.order_status <> 'cancelled'
        and sales.order_kind = 'sale'
        and sales.paid_at is not null
        and sales.order_status <> 'cancelled'

),

ordered as (

    select coalesce(sum(cast(net_revenue as double)), 0) as revenue
    from {{ ref('orders') }}
    where order_kind = 'sale'

)

select
    models.attribution_model,
    credited.revenue as credited_revenue,
    ordered.revenue - returned.revenue as kept_revenue
from {{ ref('attribution_models') }} as models
cross join ordered
cross join returned
left join credited
    on models.attribution_model = credited.attribution_model
where
    {{ is_of_type('models.conversion_types', "'purchase'") }}
    and exists (
        select types.conversion_type from {{ ref('conversion_types') }} as types
        where
            types.conversion_type = 'purchase'
            and types.event_types = 'purchase'
            and types.counts = 'every'
    )
    and abs(coalesce(credited.revenue, 0) - (ordered.revenue - returned.revenue))
    > 0.01 + 1e-6 * abs(ordered.revenue)
