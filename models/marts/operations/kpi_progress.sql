-- One row per KPI, channel and period with a target: where it stands, and where it would be at an
-- even pace.
with dated as (

    select
        targets.*,
        data_clock.now_date as as_of_date,
        {{ days_between('targets.starts_on', 'targets.ends_on') }} + 1 as days,
        least(
            greatest({{ days_between('targets.starts_on', 'data_clock.now_date') }} + 1, 0),
            {{ days_between('targets.starts_on', 'targets.ends_on') }} + 1
        ) as days_elapsed
    from {{ ref('kpi_targets') }} as targets
    cross join {{ ref('int_data_clock') }} as data_clock

),

measured as (

    select
        kpis.kpi,
        measures.channel,
        measures.starts_on,
        measures.ends_on,
        max(case when kpis.numerator = measures.measure then measures.value end) as numerator,
        max(case when kpis.denominator = measures.measure then measures.value end) as denominator
    from {{ ref('kpis') }} as kpis
    inner join {{ ref('int_kpis_measured') }} as measures
        on measures.measure in (kpis.numerator, kpis.denominator)
    group by kpis.kpi, measures.channel, measures.starts_on, measures.ends_on

),

reckoned as (

    select
        dated.*,
        kpis.name_zh as kpi_name,
        kpis.higher_is_better,
        kpis.denominator is not null as is_ratio,
        -- nothing that counts is 0; nothing to divide by is unknown
        case
            when kpis.denominator is null then coalesce(measured.numerator, 0)
            else coalesce(measured.numerator, 0) / nullif(measured.denominator, 0)
        end as actual
    from dated
    inner join {{ ref('kpis') }} as kpis
        on dated.kpi = kpis.kpi
    left join measured
        on
            dated.kpi = measured.kpi
            and dated.channel = measured.channel
            and dated.starts_on = measured.starts_on
            and dated.ends_on = measured.ends_on

),

paced as (

    select
        *,
        -- what is added up grows with the days; a ratio is due from the first day
        case when is_ratio then target else target * days_elapsed / days end as expected_by_now
    from reckoned

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
