-- One row per customer who bought or looked at an item: the item, category and brand that they kept
-- the most pieces of, or else looked at most.
with acts as (

    select
        customer_id,
        item_id,
        coalesce(quantity, 0) as pieces,
        0 as looks
    from {{ ref('order_items') }}
    -- unpaid, cancelled and wholly refunded ones were not wanted in the end
    where order_kind = 'sale' and net_revenue > 0
    union all
    select
        customer_id,
        item_id,
        0 as pieces,
        1 as looks
    from {{ ref('events') }}
    where
        event_type in ('view_item', 'favorite', 'add_to_cart') and exclusion_reason is null

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
        sum(pieces) as pieces,
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
