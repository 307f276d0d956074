{#
    Steps of a query from `acts` to `figures`: one row per customer, figure that conditions look at,
    and day from which on it is another, with what it was before. Acts add to a figure on their day and
    fall out of its window on another; a figure `since` an act begins anew with it.
#}
{% macro condition_figures(conditions) -%}
watched as (

    {{ segment_watched_table(conditions) }}

),

-- an act counts once, be it named by its type and by `any`
watched_types as (

    select distinct
        watched.figure_id,
        watched.window_days,
        watched.is_start,
        watched.channels,
        watched.place,
        watched.about,
        watched.field,
        watched.operator,
        watched.bound,
        watched.measured,
        event_types.event_type
    from watched
    inner join {{ ref('event_types') }} as event_types
        on
            watched.acts_of = event_types.event_type
            or (
                watched.acts_of = 'any'
                and event_types.touch_role in ('click', 'engagement', 'conversion')
            )

),

matched as (

    select
        acts.customer_id,
        watched.figure_id,
        watched.window_days,
        watched.is_start,
        acts.occurred_at,
        acts.occurred_date,
        {{ field_of_act(conditions, 'measured', 'watched.measured') }} as measured
    from acts
    inner join watched_types as watched
        on acts.event_type = watched.event_type
    where
        (
            watched.channels = ''
            or contains(watched.channels, concat(' ', acts.channel, ' '))
            or (acts.is_on_site and contains(watched.channels, ' site '))
        )
        and (watched.place = '' or acts.place = watched.place)
        and (watched.about = '' or contains(acts.words, watched.about))
        and (
            watched.field = ''
            or {{ stands_to(
                field_of_act(conditions, 'field', 'watched.field'),
                'watched.operator', 'watched.bound'
            ) }}
        )

),

active_days as (

    select
        customer_id,
        figure_id,
        occurred_date,
        count(*) as acts,
        coalesce(sum(measured), 0) as measured,
        row_number() over (
            partition by customer_id, figure_id order by occurred_date
        ) as day_number
    from matched
    where window_days >= 0
    group by customer_id, figure_id, occurred_date

),

-- the days of one run are as far from their numbers
runs as (

    select
        *,
        row_number() over (
            partition by
                customer_id, figure_id, {{ days_before('occurred_date', 'day_number') }}
            order by occurred_date
        ) as day_of_run
    from active_days

),

measures as (

    select distinct
        figure_id,
        measure,
        window_days,
        days_in_a_row
    from watched

),

added as (

    select
        runs.customer_id,
        runs.figure_id,
        runs.occurred_date,
        measures.window_days,
        cast(case measures.measure
            when 'count' then runs.acts
            when 'sum' then runs.measured
            when 'days' then 1
            when 'streak_days'
                then case when runs.day_of_run >= measures.days_in_a_row then 1 else 0 end
        end as decimal(28, 4)) as addition
    from runs
    inner join measures
        on runs.figure_id = measures.figure_id

),

changes as (

    select
        customer_id,
        figure_id,
        occurred_date as changed_on,
        addition
    from added
    union all
    select
        customer_id,
        figure_id,
        cast({{ days_before('occurred_date', '-window_days') }} as date) as changed_on,
        -addition as addition
    from added
    where window_days > 0

),

changes_by_day as (

    select
        customer_id,
        figure_id,
        changed_on,
        sum(addition) as addition
    from changes
    group by customer_id, figure_id, changed_on

),

instants as (

    select
        customer_id,
        figure_id,
        occurred_date,
        occurred_at,
        count(case when not is_start then 1 end) as acts,
        count(case when is_start then 1 end) as starts
    from matched
    where window_days < 0
    group by customer_id, figure_id, occurred_date, occurred_at

),

counted as (

    select
        *,
        sum(acts) over so_far as acts_so_far,
        lead(occurred_date) over so_far as next_date
    from instants
    window so_far as (partition by customer_id, figure_id order by occurred_at)

),

-- what came before the last start is no longer counted; nothing is before the first one
begun as (

    select
        *,
        acts_so_far - max(case when starts > 0 then acts_so_far - acts end) over (
            partition by customer_id, figure_id order by occurred_at
        ) as figure
    from counted

),

-- a day is judged by all acts until its end
begun_by_day as (

    select
        customer_id,
        figure_id,
        occurred_date as changed_on,
        cast(figure as decimal(28, 4)) as figure
    from begun
    where occurred_date is distinct from next_date and figure is not null

),

figures as (

    select
        customer_id,
        figure_id,
        changed_on,
        cast(sum(addition) over (
            partition by customer_id, figure_id order by changed_on
        ) as decimal(28, 4)) as figure,
        cast(sum(addition) over (
            partition by customer_id, figure_id order by changed_on
            rows between unbounded preceding and 1 preceding
        ) as decimal(28, 4)) as previous_figure
    from changes_by_day
    union all
    select
        customer_id,
        figure_id,
        changed_on,
        figure,
        lag(figure) over (
            partition by customer_id, figure_id order by changed_on
        ) as previous_figure
    from begun_by_day

)
{%- endmacro %}
