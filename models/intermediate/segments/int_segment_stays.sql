{% set conditions = segment_conditions() -%}
-- One row per segment, customer and stay, as acts alone make it: the days from which on the rule
-- held, and no longer held. Either may lie ahead, where nothing but time is needed.
with conditions as (

    {{ segment_conditions_table(conditions) }}

),

acts as (

    select *
    from {{ ref('int_segment_acts') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

{{ condition_figures(conditions) }},

compared as (

    select
        figures.customer_id,
        figures.changed_on,
        conditions.segment,
        conditions.condition_id,
        {{ stands_to('figures.figure', 'conditions.operator', 'conditions.bound') }} as holds,
        lag({{ stands_to('figures.figure', 'conditions.operator', 'conditions.bound') }}) over (
            partition by figures.customer_id, conditions.condition_id order by figures.changed_on
        ) as held,
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

),

figures_on_entry as (

    select
        turns.segment,
        turns.customer_id,
        turns.entered_on,
        turns.left_on,
        conditions.condition_id,
        conditions.measure,
        conditions.words_before,
        conditions.words_after,
        coalesce({{ max_by('figures.figure', 'figures.changed_on') }}, 0) as figure
    from turns
    inner join conditions
        on
            turns.segment = conditions.segment
            and turns.group_number = conditions.group_number
    left join figures
        on
            turns.customer_id = figures.customer_id
            and conditions.figure_id = figures.figure_id
            and turns.entered_on >= figures.changed_on
    group by
        turns.segment, turns.customer_id, turns.entered_on, turns.left_on, conditions.condition_id,
        conditions.measure, conditions.words_before, conditions.words_after

),

stays as (

    select
        segment,
        customer_id,
        entered_on,
        left_on,
        {{ join_words(
            'concat(words_before, ' ~ figure_text('figure', 'measure') ~ ', words_after)',
            '; ', 'condition_id'
        ) }} as reason
    from figures_on_entry
    group by segment, customer_id, entered_on, left_on

)

select * from stays
