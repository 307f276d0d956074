{#
    Steps of a query from `figures`, `conditions` and `acts` to `turns`: one row per customer, segment
    and day on which its rule begins to hold, by which group of conditions, or ceases to. Only days on
    which a condition turns are looked at.
#}
{% macro rule_turns() -%}
compared as (

    select
        figures.customer_id,
        figures.changed_on,
        conditions.segment,
        conditions.condition_id,
        {{ stands_to('figures.figure', 'conditions.operator', 'conditions.bound') }} as holds,
        {{ stands_to('figures.previous_figure', 'conditions.operator', 'conditions.bound') }}
            as held,
        conditions.holds_unseen
    from figures
    inner join conditions
        on figures.figure_id = conditions.figure_id

),

condition_turns as (

    select * from compared
    where holds <> coalesce(held, holds_unseen)

),

-- a rule that needs no act of its own holds from the first act of any kind on
moments as (

    select
        customer_id,
        segment,
        changed_on
    from condition_turns
    union
    select
        acts.customer_id,
        conditions.segment,
        min(acts.occurred_date) as changed_on
    from acts
    inner join conditions on conditions.group_holds_unseen
    group by acts.customer_id, conditions.segment

),

followed as (

    select
        moments.customer_id,
        moments.segment,
        moments.changed_on,
        conditions.group_number,
        coalesce(
            {{ ignoring_nulls('last_value', 'condition_turns.holds') }} over (
                partition by moments.customer_id, conditions.condition_id
                order by moments.changed_on
            ),
            conditions.holds_unseen
        ) as holds
    from moments
    inner join conditions
        on moments.segment = conditions.segment
    left join condition_turns
        on
            moments.customer_id = condition_turns.customer_id
            and conditions.condition_id = condition_turns.condition_id
            and moments.changed_on = condition_turns.changed_on

),

judged as (

    select
        customer_id,
        segment,
        changed_on,
        group_number,
        bool_and(holds) as holds
    from followed
    group by customer_id, segment, changed_on, group_number

),

states as (

    select
        customer_id,
        segment,
        changed_on,
        min(case when holds then group_number end) as group_number,
        lag(min(case when holds then group_number end)) over (
            partition by customer_id, segment order by changed_on
        ) as previous_group_number
    from judged
    group by customer_id, segment, changed_on

),

turns as (

    select
        customer_id,
        segment,
        group_number,
        changed_on as entered_on,
        lead(changed_on) over (partition by customer_id, segment order by changed_on) as left_on
    from states
    where (group_number is null) <> (previous_group_number is null)

)
{%- endmacro %}
