-- One row per order, group of its versions and version that told of more paid back than those
-- before it: what was told stays on its day, however often the order changes after.
with counted as (

    select
        source,
        replace_group,
        source_order_id,
        version_group,
        max(version) as version,
        sum(refunded_revenue) as refunded_revenue,
        max(refunded_at) as refunded_at
    from {{ ref('int_order_lines_counted') }}
    where {{ is_touched('replace_group', 'int_order_lines_unioned') }}
    group by source, replace_group, source_order_id, version_group
    having sum(refunded_revenue) <> 0

),

versions as (

    select
        counted.source,
        counted.replace_group,
        counted.source_order_id,
        counted.version_group,
        lines.version,
        sum(lines.refunded_revenue) as refunded_revenue,
        max(lines.refunded_at) as refunded_at,
        false as is_counted
    from counted
    inner join {{ ref('int_order_lines_unioned') }} as lines
        on
            counted.source = lines.source
            and counted.replace_group = lines.replace_group
            and counted.source_order_id = lines.source_order_id
            and counted.version_group = lines.version_group
            and counted.version >= lines.version
            -- a version that does not know takes nothing back
            and lines.refunded_revenue is not null
    group by
        counted.source, counted.replace_group, counted.source_order_id, counted.version_group,
        lines.version
    union all
    select
        *,
        true as is_counted
    from counted

),

-- what was told and taken back again was no refund
standing as (

    select
        *,
        min(refunded_revenue) over (
            partition by source, replace_group, source_order_id, version_group
            order by version desc, is_counted desc
            rows between unbounded preceding and current row
        ) as standing_revenue
    from versions

),

added as (

    select
        *,
        standing_revenue - coalesce(
            lag(standing_revenue) over (
                partition by source, replace_group, source_order_id, version_group
                order by version, is_counted
            ),
            0
        ) as added_revenue
    from standing

),

dated as (

    select
        source,
        replace_group,
        source_order_id,
        version_group,
        version,
        is_counted,
        refunded_at,
        cast(added_revenue as decimal(18, 4)) as refunded_revenue
    from added
    where added_revenue <> 0

)

select * from dated
