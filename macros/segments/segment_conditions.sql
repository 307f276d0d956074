{#
    The rules of var `segments`, taken apart: one dictionary per condition. The grammar is in
    docs/segments.md. Whatever comes through is a word of a dictionary or of these files, a number,
    or a quoted text of letters, digits and a few signs; all else stops the run with an error that
    names the segment, what was found there, and what to write instead.
#}
{% macro segment_conditions() -%}
    {% set names = [] %}
    {% set conditions = [] %}
    {% set figures = [] %}
    {% if not var('segments') %}
        {% do refuse_rule('', 'segments', 'the list is empty: keep one at least') %}
    {% endif %}
    {% for entry in var('segments') %}
        {% do check_segment(entry, names) %}
        {% do names.append(entry.segment) %}
        {% for group in split_rule(entry.rule, 'or') %}
            {% set group_number = loop.index %}
            {% set of_group = [] %}
            {% for text in split_rule(group, 'and') %}
                {% set condition = segment_condition(entry.segment, text) %}
                {# conditions that differ in the bound alone look at one figure #}
                {% set figure = [condition.measure, condition.what, condition.window] %}
                {% do figure.append(condition.bound if condition.measure == 'streak_days') %}
                {% if figure not in figures %}
                    {% do figures.append(figure) %}
                    {% do condition.update({'is_first_of_figure': true}) %}
                {% endif %}
                {% do condition.update({
                    'entry': entry,
                    'group_number': group_number,
                    'condition_id': (conditions | length) + loop.index,
                    'figure_id': figures.index(figure) + 1
                }) %}
                {% do of_group.append(condition) %}
            {% endfor %}
            {% set holds_unseen = false not in (of_group | map(attribute='holds_unseen') | list) %}
            {% for condition in of_group %}
                {% do condition.update({'group_holds_unseen': holds_unseen}) %}
                {% do conditions.append(condition) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(conditions) }}
{%- endmacro %}

{# The parts of a rule around `or` or `and`; quoted texts may hold either, and keep their blanks. #}
{% macro split_rule(rule, word) -%}
    {% set unquoted = "\\s+(?=(?:[^']*'[^']*')*[^']*$)" %}
    {{ return(modules.re.split(' (?i:' ~ word ~ ')' ~ unquoted, modules.re.sub(unquoted, ' ', rule))) }}
{%- endmacro %}

{% macro check_segment(entry, names) -%}
    {% set patterns = {
        'segment': '[a-z][a-z0-9_]{0,59}',
        'name_zh': '[\\w（）、，·+/ -]{1,60}',
        'action': '[a-z][a-z0-9_]{0,59}',
        'rule': '[^\\x00]{1,2000}'
    } %}
    {% if entry is not mapping or entry.keys() | sort != patterns.keys() | sort %}
        {% do refuse_rule(entry, 'entry', 'its fields must be ' ~ patterns | join(', ')) %}
    {% endif %}
    {% for field, pattern in patterns.items()
        if entry[field] is not string or not modules.re.fullmatch(pattern, entry[field]) %}
        {% do refuse_rule(
            entry.segment, field, "'" ~ entry[field] ~ "' must be a text that matches " ~ pattern
        ) %}
    {% endfor %}
    {% if entry.segment in names %}
        {% do refuse_rule(entry.segment, 'segment', 'the name stands twice: join the rules by or') %}
    {% endif %}
{%- endmacro %}

{# One condition, such as `count(purchase, since last view_item) = 0`. #}
{% macro segment_condition(segment, text) -%}
    {% set found = modules.re.fullmatch(
        '\\s*(\\w+)\\s*\\((.*),([^,]*)\\)\\s*(>=|<=|>|<|=)\\s*(-?[0-9]{1,9}(?:[.][0-9]{1,4})?)\\s*',
        text
    ) %}
    {% if not found %}
        {% do refuse_rule(
            segment, text, 'write measure(what, window) operator number, such as '
            ~ 'count(view_item, 30d) >= 1; join conditions by and, or'
        ) %}
    {% endif %}
    {% set measure, what, window, operator, bound = found.groups() %}
    {% if measure not in ['count', 'days', 'streak_days', 'sum'] %}
        {% do refuse_rule(
            segment, text, measure ~ ' is no measure: take count, days, streak_days or sum'
        ) %}
    {% endif %}
    {% set watched = segment_acts_watched(segment, text, what | trim) %}
    {% if (measure == 'sum') != (watched.measured is not none) %}
        {% do refuse_rule(
            segment, text, 'a sum, and no other measure, is of a field: '
            ~ 'sum(net_revenue of purchase, 365d)'
        ) %}
    {% endif %}
    {% if measure == 'streak_days'
        and (operator != '>=' or not modules.re.fullmatch('[1-9][0-9]?', bound)) %}
        {% do refuse_rule(
            segment, text, 'days in a row are at least so many: streak_days(view_item, 7d) >= 3'
        ) %}
    {% endif %}
    {% set condition = {
        'measure': measure, 'operator': operator, 'bound': bound, 'what': what | trim,
        'window': window | trim, 'watched': [watched]
    } %}
    {% do read_window(segment, text, condition) %}
    {% set at_zero = {'>=': 0 >= bound | float, '>': 0 > bound | float, '=': 0 == bound | float,
                      '<=': 0 <= bound | float, '<': 0 < bound | float}[operator] %}
    {% do condition.update({'holds_unseen': at_zero and condition.window_days is not none}) %}
    {{ return(condition) }}
{%- endmacro %}

{# So many days, today the last of them; 0: ever; none: since an act, which is watched too. #}
{% macro read_window(segment, text, condition) -%}
    {% set days = modules.re.fullmatch('([1-9][0-9]{0,3})d', condition.window) %}
    {% if days and days.group(1) | int <= 3650 %}
        {% do condition.update({'window_days': days.group(1) | int}) %}
    {% elif condition.window == 'ever' and condition.measure != 'streak_days' %}
        {% do condition.update({'window_days': 0}) %}
    {% elif condition.window.startswith('since last ') and condition.measure == 'count' %}
        {% set start = segment_acts_watched(segment, text, condition.window[11:] | trim) %}
        {% if start.measured is not none %}
            {% do refuse_rule(
                segment, text, 'a window begins with an act: since last ' ~ start.types | join('|')
            ) %}
        {% endif %}
        {% do condition.watched.append(start) %}
        {% do condition.update({'window_days': none}) %}
    {% else %}
        {% do refuse_rule(
            segment, text, "'" ~ condition.window ~ "' is no window of " ~ condition.measure
            ~ ': write 1d to 3650d, or ever (not streak_days), or since last view_item (count alone)'
        ) %}
    {% endif %}
{%- endmacro %}

{% macro refuse_rule(segment, field, problem) -%}
    {% do exceptions.raise_compiler_error(
        'segment ' ~ segment ~ ' (var segments): ' ~ field ~ ': ' ~ problem
        ~ '. The grammar: docs/segments.md'
    ) %}
{%- endmacro %}
