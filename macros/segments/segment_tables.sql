{#
    Segments, their conditions and what these look at, as rows of constants. What they hold has
    passed segment_conditions: no text of it can end a literal.
#}
{% macro segment_names_table(conditions) -%}
    {%- set rows = [] %}
    {%- for entry in conditions | map(attribute='entry') | unique(attribute='segment') %}
        {%- do rows.append({
            'segment': constant(entry.segment),
            'segment_name': constant(entry.name_zh),
            'action': constant(entry.action)
        }) %}
    {%- endfor %}
    {{- values_table(rows, 'segments') }}
{%- endmacro %}

{% macro segment_conditions_table(conditions) -%}
    {%- set rows = [] %}
    {%- for condition in conditions %}
        {%- set words = condition_words(condition) %}
        {%- do rows.append({
            'condition_id': condition.condition_id,
            'figure_id': condition.figure_id,
            'group_number': condition.group_number,
            'holds_unseen': condition.holds_unseen,
            'group_holds_unseen': condition.group_holds_unseen,
            'bound': bound_constant(1 if condition.measure == 'streak_days' else condition.bound),
            'segment': constant(condition.entry.segment),
            'measure': constant(condition.measure),
            'operator': constant(condition.operator),
            'words_before': constant(words[0]),
            'words_after': constant(words[1])
        }) %}
    {%- endfor %}
    {{- values_table(rows, 'conditions') }}
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
                {%- do rows.append({
                    'figure_id': condition.figure_id,
                    'window_days': -1 if condition.window_days is none else condition.window_days,
                    'days_in_a_row': condition.bound if condition.measure == 'streak_days' else 0,
                    'is_start': is_start,
                    'bound': bound_constant(watched.bound or 0),
                    'measure': constant(condition.measure),
                    'acts_of': constant(event_type),
                    'channels': constant(' ' ~ channels ~ ' ' if channels else ''),
                    'place': constant(watched.place or ''),
                    'about': constant((watched.about or '').lower()),
                    'field': constant(watched.field or ''),
                    'operator': constant(watched.operator or ''),
                    'measured': constant(watched.measured or '')
                }) %}
            {%- endfor %}
        {%- endfor %}
    {%- endfor %}
    {{- values_table(rows, 'watched') }}
{%- endmacro %}

{% macro constant(text) -%}
    {{ return("'" ~ text ~ "'") }}
{%- endmacro %}

{% macro bound_constant(number) -%}
    {{ return('cast(' ~ number ~ ' as decimal(18, 4))') }}
{%- endmacro %}

{# Rows of constants, each a dictionary of the same columns. #}
{% macro values_table(rows, name) -%}
    select *
    from (
        values
        {%- for row in rows %}
        ({{ row.values() | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as {{ name }} ({{ rows[0].keys() | join(', ') }})
{%- endmacro %}
