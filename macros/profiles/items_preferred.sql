{# The query of int_items_preferred. #}
{% macro items_preferred() -%}
with acts as (

    select
        bought.customer_id,
        bought.item_id,
        -- of a return at a till below 0
        coalesce(bought.quantity, 0) as pieces,
        0 as looks
    from {{ ref('order_items') }} as bought
    inner join {{ ref('orders') }} as orders
        on bought.order_id = orders.order_id
    where
        -- unpaid, cancelled and wholly refunded ones were not wanted in the end; a refund may name
        -- the order alone, and none of its items
        (
            (
                bought.order_kind = 'sale'
                and bought.net_revenue > 0
                and orders.net_revenue > 0
            )
            or (bought.order_kind = 'return' and bought.net_revenue < 0)
        )
        and {{ is_touched('bought.customer_id', 'int_customers_touched') }}
    union all
    select
        customer_id,
        item_id,
        0 as pieces,
        1 as looks
    from {{ ref('events') }}
    where
        event_type in ('view_item', 'favorite', 'add_to_cart') and exclusion_reason is null
        and {{ is_touched('customer_id', 'int_customers_touched') }}

),

kinds as (

    select 'item' as kind
    union all
    select 'category' as kind
    union all
    select 'brand' as kind

),

-- an item that the catalogue lacks keeps its number
named as (

    select
        acts.customer_id,
        kinds.kind,
        case kinds.kind
            when 'item' then coalesce(items.item_name, acts.item_id)
            when 'category' then items.category
            else items.brand
        end as name,
        acts.pieces,
        acts.looks
    from acts
    left join {{ ref('items') }} as items
        on acts.item_id = items.item_id
    cross join kinds
    where acts.customer_id <> 'unknown'

),

counted as (

    select
        customer_id,
        kind,
        name,
        greatest(sum(pieces), 0) as pieces,
        sum(looks) as looks
    from named
    where name is not null
    group by customer_id, kind, name

),

favourites as (

    select
        customer_id,
        kind,
        {{ min_by('name', '(-pieces, -looks, name)') }} as name
    from counted
    -- brought back whole, and never looked at
    where pieces > 0 or looks > 0
    group by customer_id, kind

),

preferred as (

    select
        customer_id,
        {{ pivoted('kind', 'name', ['item', 'category', 'brand']) }}
    from favourites
    group by customer_id

)

select * from preferred
{%- endmacro %}
