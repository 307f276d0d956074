-- One row per order line that was paid and is called off: the version that was paid last, and when
-- it was called off. Declared rows say when; of shops' orders the money that went back is told by
-- refunds.
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
        ) as latest_version,
        max(case when paid_at is not null then version end) over (
            partition by source, replace_group, version_group
        ) as paid_version
    from touched

),

called_off as (

    select
        source,
        replace_group,
        version_group,
        paid_version,
        min(case when version > paid_version then cancelled_at end) as called_off_at
    from versions_ranked
    where latest_version > paid_version and version >= paid_version
    group by source, replace_group, version_group, paid_version
    having
        -- an order can be taken up again
        max(case when version = latest_version then order_status end) = 'cancelled'
        and max(case when version = paid_version then order_kind end) = 'sale'
        and max(case when version > paid_version then cancelled_at end) is not null

)

select * from called_off
