-- One row per order: the lines of it that count, added up.
with touched as (

    select *
    from {{ ref('int_order_lines_counted') }}
    where {{ is_touched('replace_group', 'int_order_lines_unioned') }}

),

composed as (

    select
        {{ hash_id("source || ':' || source_order_id") }} as order_id,
        source,
        source_order_id,
        replace_group,
        max(identifier_set) as identifier_set,
        max(order_kind) as order_kind,
        -- goods of several sales can come back on one receipt, and goods that name none
        case
            when
                count(original_order_id) = count(*)
                and min(original_order_id) = max(original_order_id)
                then max(original_order_id)
        end as original_order_id,
        -- a line of refunds has none
        {{ max_by(
            'order_status',
            'case when order_status is not null then (version, order_line_version_id) end'
        ) }} as order_status,
        max(store_id) as store_id,
        max(staff_id) as staff_id,
        max(creative_id) as creative_id,
        max(content_id) as content_id,
        cast(sum(quantity) as bigint) as item_count,
        cast(sum(gross_revenue) as decimal(18, 4)) as gross_revenue,
        cast(sum(refunded_revenue) as decimal(18, 4)) as refunded_revenue,
        bool_or(is_reported_by_event) as is_reported_by_event,
        min(ordered_at) as ordered_at,
        min(paid_at) as paid_at,
        max(load_seq) as load_seq
    from touched
    group by source, source_order_id, replace_group
    -- a refund that came before its order waits for it
    having max(order_status) is not null

),

refunded as (

    select
        source,
        source_order_id,
        replace_group,
        max(refunded_at) as refunded_at
    from {{ ref('int_refunds_dated') }}
    where {{ is_touched('replace_group', 'int_order_lines_unioned') }}
    group by source, source_order_id, replace_group

),

keyed as (

    select
        composed.*,
        refunded.refunded_at,
        {{ hash_id('composed.identifier_set') }} as identifier_set_id
    from composed
    left join refunded
        on
            composed.source = refunded.source
            and composed.source_order_id = refunded.source_order_id
            and composed.replace_group = refunded.replace_group

)

select * from keyed
