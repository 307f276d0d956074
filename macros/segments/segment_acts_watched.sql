{#
    Which acts a condition looks at, as a dictionary: the field of a sum, event types, channels,
    place, text, and the bound of a field.
#}
{% macro segment_acts_watched(segment, text, what) -%}
    {% set found = modules.re.fullmatch(
        "(?:(?P<measured>[a-z_]+) of )?"
        ~ "(?P<types>[a-z0-9_]+(?:[|][a-z0-9_]+)*)"
        ~ "(?: on (?P<channels>[a-z0-9_]+(?:[|][a-z0-9_]+)*))?"
        ~ "(?: (?P<place>online|in store))?"
        ~ "(?: about '(?P<about>[\\w ./+-]{1,60})')?"
        ~ "(?: with (?P<field>[a-z_]+) (?P<operator>>=|<=|>|<|=)"
        ~ " (?P<bound>-?[0-9]{1,9}(?:[.][0-9]{1,4})?))?",
        what
    ) %}
    {% if not found %}
        {% do refuse_rule(
            segment, text, "'" ~ what ~ "' names no acts: write event types, then in this order and "
            ~ "as you need them: on channel, online or in store, about 'text', with field > number"
        ) %}
    {% endif %}
    {% set watched = found.groupdict() %}
    {% do check_words(segment, text, watched.types, 'event_types', 'event_type', 'any') %}
    {% do check_words(segment, text, watched.channels, 'channels', 'channel', 'site') %}
    {% for field in [watched.measured, watched.field]
        if field is not none and field not in segment_fields() %}
        {% do refuse_rule(
            segment, text, field ~ ' is no field: take one of ' ~ segment_fields() | join(', ')
        ) %}
    {% endfor %}
    {% do watched.update({'types': watched.types.split('|')}) %}
    {{ return(watched) }}
{%- endmacro %}

{# Words parted by |: each in a seed, where that is loaded, or the one that the grammar adds. #}
{% macro check_words(segment, text, words, seed, column, added) -%}
    {% set known = known_words(seed, column) %}
    {% for word in (words or added).split('|') if known and word not in known and word != added %}
        {% do refuse_rule(
            segment, text, word ~ ' is no ' ~ column | replace('_', ' ') ~ ': take one of seeds/'
            ~ seed ~ '.csv, or ' ~ added
        ) %}
    {% endfor %}
{%- endmacro %}

{# Read once a run: rules name many words. #}
{% macro known_words(seed, column) -%}
    {# a unit test has no graph #}
    {% set nodes = graph.get('nodes', {}) if execute else {} %}
    {% set node = nodes.get('seed.' ~ project_name ~ '.' ~ seed) %}
    {% set relation = adapter.get_relation(node.database, node.schema, node.alias) if node %}
    {% if not relation %}
        {{ return([]) }}
    {% endif %}
    {% set known = graph.setdefault('words of ' ~ invocation_id, {}) %}
    {% if seed not in known %}
        {% set found = run_query('select ' ~ column ~ ' from ' ~ relation) %}
        {% do known.update({seed: found.columns[0].values() | list}) %}
    {% endif %}
    {{ return(known[seed]) }}
{%- endmacro %}

{# What int_segment_acts tells of an act in figures. #}
{% macro segment_fields() -%}
    {{ return([
        'duration_seconds', 'score', 'points', 'amount', 'item_count', 'gross_revenue', 'net_revenue'
    ]) }}
{%- endmacro %}
