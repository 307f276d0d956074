-- One row per KPI, channel and period with a target: where it stands, and where it would be at an
-- even pace.
with data_clock as (

    select {{ local_date('max(last_seen_at)') }} as as_of_date
    from {{ ref('customers') }}

),

dated as (

    select
        targets.*,
        data_clock.as_of_date,
        {{ days_between('targets.starts_on', 'targets.ends_on') }} + 1 as days,
        least(
            greatest({{ days_between('targets.starts_on', 'data_clock.as_of_date') }} + 1, 0),
            {{ days_between('targets.starts_on', 'targets.ends_on') }} + 1
        ) as days_elapsed
    from {{ ref('kpi_targets') }} as targets
    cross join data_clock

),

measured as (

    select
        dated.*,
        kpis.name_zh as kpi_name,
        kpis.higher_is_better,
        kpis.denominator is not null as is_ratio,
        -- nothing that counts is 0; nothing to divide by is unknown
        case
            when kpis.denominator is null then coalesce(numerators.value, 0)
            else coalesce(numerators.value, 0) / nullif(denominators.value, 0)
        end as actual
    from dated
    inner join {{ ref('kpis') }} as kpis
        on dated.kpi = kpis.kpi
    left join {{ ref('int_kpis_measured') }} as numerators
        on
            kpis.numerator = numerators.measure
            and dated.channel = numerators.channel
            and dated.starts_on = numerators.starts_on
            and dated.ends_on = numerators.ends_on
    left join {{ ref('int_kpis_measured') }} as denominators
        on
            kpis.denominator = denominators.measure
            and dated.channel = denominators.channel
            and dated.starts_on = denominators.starts_on
            and dated.ends_on = denominators.ends_on

),

paced as (

    select
        *,
        -- what is added up grows with the days; a ratio is due from the first day
        case when is_ratio then target else target * days_elapsed / days end as expected_by_now
    from measured

),

judged as (

    select
        kpi,
        kpi_name,
        channel,
        starts_on,
        ends_on,
        as_of_date,
        cast(days as bigint) as days,
        cast(days_elapsed as bigint) as days_elapsed,
        days_elapsed = days as is_over,
        target,
        actual,
        expected_by_now,
        actual / nullif(target, 0) as share_of_target,
        actual / nullif(expected_by_now, 0) as pace,
        case
            when days_elapsed > 0 and higher_is_better then actual >= expected_by_now
            when days_elapsed > 0 then actual <= expected_by_now
        end as is_on_track
    from paced

)

select * from judged
