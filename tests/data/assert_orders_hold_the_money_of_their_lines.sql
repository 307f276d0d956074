-- Money would be lost or doubled between order lines and orders: an old version that still counts,
-- a report of the same order counted twice, an order without its lines.
with latest_versions as (

    select
        source,
        replace_group,
        version_group,
        max(version) as version
    from {{ ref('int_order_lines_unioned') }}
    group by source, replace_group, version_group

),

first_reports as (

    select
        reports.order_line_version_id,
        row_number() over (
            partition by
                reports.replace_group, reports.version_group, reports.version, reports.item_id
            order by
                case when reports.gross_revenue <> 0 then 0 else 1 end,
                coalesce(sets.strength, 1000),
                reports.ordered_at,
                reports.order_line_version_id
        ) as report_number
    from {{ ref('int_order_lines_unioned') }} as reports
    left join {{ ref('int_identifier_sets_exploded') }} as sets
        on reports.identifier_set_id = sets.identifier_set_id and sets.strength_rank = 1
    where reports.is_reported_by_event

),

-- a refund that came before its order waits for it; an order called off is its last paid version,
-- less the lines that nobody paid for
known_orders as (

    select
        source,
        source_order_id
    from {{ ref('int_order_lines_unioned') }}
    where order_status is not null
    group by source, source_order_id
    having max(cancelled_at) is null

),

lines as (

    select distinct
        order_lines.source,
        order_lines.order_line_version_id,
        order_lines.gross_revenue,
        order_lines.refunded_revenue
    from {{ ref('int_order_lines_unioned') }} as order_lines
    inner join latest_versions
        on
            order_lines.source = latest_versions.source
            and order_lines.replace_group = latest_versions.replace_group
            and order_lines.version_group = latest_versions.version_group
            and order_lines.version = latest_versions.version
    inner join known_orders
        on
            order_lines.source = known_orders.source
            and order_lines.source_order_id = known_orders.source_order_id
    left join first_reports
        on
            order_lines.order_line_version_id = first_reports.order_line_version_id
    where
        not order_lines.is_reported_by_event
        or first_reports.report_number = 1

),

line_sums as (

    select
        source,
        sum(gross_revenue) as gross_revenue,
        sum(refunded_revenue) as refunded_revenue
    from lines
    group by source

),

order_sums as (

    select
        orders.source,
        sum(
            case
                when orders.order_kind = 'sale' then orders.gross_revenue
                else -orders.refunded_revenue
            end
        ) as gross_revenue,
        sum(case when orders.order_kind = 'sale' then orders.refunded_revenue else 0 end)
            as refunded_revenue
    from {{ ref('orders') }} as orders
    inner join known_orders
        on
            orders.source = known_orders.source
            and orders.source_order_id = known_orders.source_order_id
    group by orders.source

)

select
    line_sums.source,
    line_sums.gross_revenue as gross_revenue_of_lines,
    order_sums.gross_revenue as gross_revenue_of_orders,
    line_sums.refunded_revenue as refunded_revenue_of_lines,
    order_sums.refunded_revenue as refunded_revenue_of_orders
from line_sums
left join order_sums
    on line_sums.source = order_sums.source
where
    line_sums.gross_revenue is distinct from order_sums.gross_revenue
    or line_sums.refunded_revenue is distinct from order_sums.refunded_revenue
