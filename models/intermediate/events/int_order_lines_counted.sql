-- One row per order line that counts: of the latest version, and of several reports of events the
-- one that says most. What was paid and then called off is what was paid, paid back.
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

    select
        versions_ranked.*,
        called_off.version_group is not null as is_called_off,
        called_off.called_off_at
    from versions_ranked
    left join {{ ref('int_order_lines_called_off') }} as called_off
        on
            versions_ranked.source = called_off.source
            and versions_ranked.replace_group = called_off.replace_group
            and versions_ranked.version_group = called_off.version_group
    where
        versions_ranked.version
        = coalesce(called_off.paid_version, versions_ranked.latest_version)

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
        ) as report_number,
        max(case when latest.is_called_off then 1 else 0 end) over of_order as is_paid_back,
        max(
            case
                when latest.order_status <> 'cancelled' and not latest.is_called_off then 1 else 0
            end
        ) over of_order as stays
    from latest
    left join {{ ref('int_identifier_sets_exploded') }} as sets
        on latest.identifier_set_id = sets.identifier_set_id and sets.strength_rank = 1
    window of_order as (
        partition by latest.source, latest.replace_group, latest.source_order_id
    )

),

counted as (

    select
        order_line_version_id,
        source,
        source_order_id,
        replace_group,
        version_group,
        version,
        identifier_set,
        order_kind,
        original_order_id,
        -- what an order is, the lines say that stay
        case
            when not is_called_off then order_status
            when stays = 0 then 'refunded'
        end as order_status,
        store_id,
        staff_id,
        creative_id,
        content_id,
        item_id,
        is_reported_by_event,
        quantity,
        gross_revenue,
        case when is_called_off then gross_revenue else coalesce(refunded_revenue, 0) end
            as refunded_revenue,
        ordered_at,
        paid_at,
        case when is_called_off then called_off_at else refunded_at end as refunded_at,
        load_seq
    from lines
    where
        (not is_reported_by_event or report_number = 1)
        -- a line that nobody paid for leaves an order of which others were
        and (cancelled_at is null or (stays = 0 and is_paid_back = 0))

)

select * from counted
