{% set conditions = segment_conditions() -%}
-- One row per segment, customer and stay, as acts alone make it: the days from which on the rule
-- held, and no longer held. Either may lie ahead, where nothing but time is needed.
with conditions as (

    {{ segment_conditions_table(conditions) }}

),

acts as (

    {{ of_touched('int_segment_acts', segment_acts) }}

),

{{ condition_figures(conditions) }},

{{ rule_turns() }},

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
