{#
    Segments, their conditions and what these look at, as rows of constants. What they hold has
    passed segment_conditions: no text of it can end a literal.
#}
{% macro segment_names_table(conditions) -%}
    {%- set rows = [] %}
    {%- for entry in conditions | map(attribute='entry') | unique(attribute='segment') %}
        {%- do rows.append(constants([entry.segment, entry.name_zh, entry.action])) %}
    {%- endfor %}
    {{- values_table(rows, 'segments', ['segment', 'segment_name', 'action']) }}
{%- endmacro %}

{% macro segment_conditions_table(conditions) -%}
    {%- set rows = [] %}
    {%- for condition in conditions %}
        {%- set is_streak = condition.measure == 'streak_days' %}
        {%- do rows.append(
            ([
                condition.condition_id, condition.figure_id, condition.group_number,
                condition.holds_unseen, condition.group_holds_unseen,
                'cast(' ~ (1 if is_streak else condition.bound) ~ ' as decimal(18, 4))'
            ] | join(', ')) ~ ', ' ~ constants(
                [condition.entry.segment, condition.measure, condition.operator]
                + condition_words(condition)
            )
        ) %}
    {%- endfor %}
    {{- values_table(rows, 'conditions', [
        'condition_id', 'figure_id', 'group_number', 'holds_unseen', 'group_holds_unseen', 'bound',
        'segment', 'measure', 'operator', 'words_before', 'words_after'
    ]) }}
{%- endmacro %}

{# What stands before a figure and after it where a reason tells why somebody is in a segment. #}
{% macro condition_words(condition) -%}
    {%- set what = condition.what | replace("'", '') %}
    {%- set days = condition.window_days %}
    {%- set window = 'in ' ~ days ~ ' days' if days else condition.window | replace("'", '') %}
    {{ return({
        'count': ['', ' × ' ~ what ~ ' ' ~ window],
        'days': ['days with ' ~ what ~ ': ', ' ' ~ window],
        'sum': [what ~ ': ', ' ' ~ window],
        'streak_days': [
            condition.bound ~ ' or more days in a row with ' ~ what ~ ', reached on ',
            ' of ' ~ days ~ ' days'
        ]
    }[condition.measure]) }}
{%- endmacro %}

{# An event type, or `any`, a row; a window that begins with an act looks at that act too. #}
{% macro segment_watched_table(conditions) -%}
    {%- set rows = [] %}
    {%- for condition in conditions if condition.is_first_of_figure %}
        {%- for watched in condition.watched %}
            {%- set is_start = not loop.first %}
            {%- set channels = (watched.channels or '').replace('|', ' ') %}
            {%- for event_type in watched.types %}
                {%- do rows.append(
                    ([
                        condition.figure_id,
                        -1 if condition.window_days is none else condition.window_days,
                        condition.bound if condition.measure == 'streak_days' else 0,
                        is_start,
                        'cast(' ~ (watched.bound or 0) ~ ' as decimal(18, 4))'
                    ] | join(', ')) ~ ', ' ~ constants([
                        condition.measure, event_type, ' ' ~ channels ~ ' ' if channels else '',
                        watched.place or '', (watched.about or '').lower(), watched.field or '',
                        watched.operator or '', watched.measured or ''
                    ])
                ) %}
            {%- endfor %}
        {%- endfor %}
    {%- endfor %}
    {{- values_table(rows, 'watched', [
        'figure_id', 'window_days', 'days_in_a_row', 'is_start', 'bound', 'measure', 'acts_of',
        'channels', 'place', 'about', 'field', 'operator', 'measured'
    ]) }}
{%- endmacro %}

{% macro constants(texts) -%}
    {{ return("'" ~ texts | join("', '") ~ "'") }}
{%- endmacro %}

{% macro values_table(rows, name, columns) -%}
    select *
    from (
        values
        ({{ rows | join('),\n        (') }})
    ) as {{ name }} ({{ columns | join(', ') }})
{%- endmacro %}
