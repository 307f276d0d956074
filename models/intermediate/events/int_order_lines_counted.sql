-- One row per order line that counts: of the latest version, and of several reports of events the
-- one that says most.
with touched as (

    select *
    from {{ ref('int_order_lines_unioned') }}
    where {{ is_touched('replace_group', 'int_order_lines_unioned') }}

),

versions_ranked as (

    select
        *,
        max(version) over (
            partition by source, replace_group, version_group
        ) as latest_version
    from touched

),

latest as (

    select * from versions_ranked
    where version = latest_version

),

-- the same line can come twice in one version: two reports of one order, be they of two SDKs that
-- stand side by side on the shop's pages and both tell its number. What says most counts: its
-- money, then whose it is.
lines as (

    select
        latest.*,
        row_number() over (
            partition by
                latest.is_reported_by_event,
                latest.replace_group,
                latest.version_group,
                latest.version,
                latest.item_id
            order by
                case when latest.gross_revenue <> 0 then 0 else 1 end,
                coalesce(sets.strength, 1000),
                latest.ordered_at,
                latest.order_line_version_id
        ) as report_number
    from latest
    left join {{ ref('int_identifier_sets_exploded') }} as sets
        on latest.identifier_set_id = sets.identifier_set_id and sets.strength_rank = 1

),

counted as (

    select
        order_line_version_id,
        source,
        source_order_id,
        replace_group,
        version,
        identifier_set,
        order_kind,
        original_order_id,
        order_status,
        store_id,
        staff_id,
        creative_id,
        content_id,
        item_id,
        is_reported_by_event,
        quantity,
        gross_revenue,
        refunded_revenue,
        ordered_at,
        paid_at,
        refunded_at,
        load_seq
    from lines
    where not is_reported_by_event or report_number = 1

)

select * from counted
