{% set signs = traffic_source_signs() %}
{% set seen = {
    'referrer_host': "'.' || traffic_sources.referrer_host",
    'scene': 'coalesce(scenes.scene_kind, traffic_sources.scene)',
} %}
{% set listed, met = [], [] %}
{% for sign in signs %}
    {% set value = seen.get(sign, 'lower(traffic_sources.' ~ sign ~ ')') %}
    {% do listed.append(sign ~ '_patterns.pattern as ' ~ sign) %}
    {% do met.append('(rules.' ~ sign ~ ' is null or ' ~ value ~ ' like rules.' ~ sign ~ ')') %}
{% endfor %}

-- One row per combination of what says where a visit came from, and the rule that decides: of
-- those that match, the lowest priority. A combination that no rule matches has no row.
with traffic_sources as (

    select distinct
        clicks.platform as click_id_platform,
        arrived.utm_source,
        arrived.utm_medium,
        arrived.utm_campaign,
        arrived.referrer_host,
        -- who reports a click from a server says nothing about a visit
        case when arrived.stream_id is not null then browsers.browser end as browser,
        arrived.scene
    from {{ ref('int_events_arrived') }} as arrived
    left join {{ ref('int_click_ids_parsed') }} as clicks
        on arrived.event_id = clicks.event_id
    left join {{ ref('int_in_app_browsers_recognised') }} as browsers
        on arrived.user_agent = browsers.user_agent
    where {{ is_new('int_events_arrived', 'arrived') }}

),

-- a rule lists patterns in one cell
patterns as (

    {% for sign in signs %}
        select
            rule,
            '{{ sign }}' as sign,
            {{ "'%.' || word" if sign == 'referrer_host' else 'word' }} as pattern
        from {{ unnest_words(ref('traffic_source_rules'), sign, '|') }} as words
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

alternatives as (

    select
        rules.rule,
        rules.priority,
        rules.channel,
        rules.is_hint,
        {{ listed | join(', ') }}
    from {{ ref('traffic_source_rules') }} as rules
    {% for sign in signs %}
        left join patterns as {{ sign }}_patterns
            on rules.rule = {{ sign }}_patterns.rule and {{ sign }}_patterns.sign = '{{ sign }}'
    {% endfor %}

),

matched as (

    select
        traffic_sources.*,
        rules.rule,
        case when not rules.is_hint then rules.channel end as channel,
        case when rules.is_hint then rules.channel end as hinted_channel,
        row_number() over (
            partition by {{ 'traffic_sources.' ~ signs | join(', traffic_sources.') }}
            order by rules.priority, rules.rule
        ) as rule_rank
    from traffic_sources
    left join {{ ref('mini_program_scenes') }} as scenes
        on traffic_sources.scene = scenes.scene
    inner join alternatives as rules
        on {{ met | join(' and ') }}

),

ruled as (

    select {{ signs | join(', ') }}, rule, channel, hinted_channel
    from matched
    where rule_rank = 1
    {% if is_incremental() %}
        except
        select * from {{ this }}
    {% endif %}

)

select * from ruled
