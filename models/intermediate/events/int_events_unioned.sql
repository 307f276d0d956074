{% set same_signs = [] %}
{% for sign in traffic_source_signs() %}
    {% do same_signs.append('recognised.' ~ sign ~ ' is not distinct from traffic.' ~ sign) %}
{% endfor %}
{% set carried = 'recognised.' ~ [
    'stream_id', 'page_url', 'campaign_id', 'ad_id', 'creative_id', 'content_id', 'keyword',
    'item_id', 'order_id', 'store_id', 'staff_id', 'properties', 'version_group', 'version',
    'occurred_at', 'received_at', 'load_seq'
] | join(', recognised.') %}

-- One row per event of any channel, with its canonical type, its source of traffic and, where it
-- is no customer's, the reason. Rows are never changed: what arrives is appended.
with recognised as (

    select
        arrived.*,
        clicks.platform as click_id_platform,
        clicks.identifiers as click_identifiers,
        clicks.click_id as parsed_click_id,
        case when arrived.stream_id is not null then browsers.browser end as browser,
        least(
            {% for sign in exclusion_signs() %}
                by_{{ sign }}.exclusion_reason{{ ',' if not loop.last }}
            {% endfor %}
        ) as exclusion_reason
    from {{ ref('int_events_arrived') }} as arrived
    left join {{ ref('int_click_ids_parsed') }} as clicks
        on arrived.event_id = clicks.event_id
    left join {{ ref('int_in_app_browsers_recognised') }} as browsers
        on arrived.user_agent = browsers.user_agent
    {% for sign in exclusion_signs() %}
        left join {{ ref('int_traffic_excluded') }} as by_{{ sign }}
            on arrived.{{ sign }} = by_{{ sign }}.seen_value and by_{{ sign }}.field = '{{ sign }}'
    {% endfor %}
    where {{ is_new('int_events_arrived', 'arrived') }}

),

enriched as (

    select
        recognised.event_id,
        recognised.source,
        recognised.raw_event,
        recognised.raw_discriminator,
        -- a declared file may use our own words; an unknown name stays null and is reported
        coalesce(names.event_type, any_discriminator.event_type, own_words.event_type)
            as event_type,
        coalesce(
            recognised.declared_channel,
            nullif(traffic.channel, 'internal'),
            names.channel,
            any_discriminator.channel
        ) as channel,
        traffic.hinted_channel,
        recognised.exclusion_reason,
        -- what is no customer's names nobody
        case
            when recognised.exclusion_reason is null
                then trim(concat_ws(' ', recognised.identifiers, recognised.click_identifiers))
            else ''
        end as identifier_set,
        acts.act || '|' || coalesce(
            recognised.stream_id, recognised.identifiers || '|' || recognised.campaign_id
        ) as act_key,
        coalesce(recognised.click_id, recognised.parsed_click_id) as click_id,
        {{ carried }}
    from recognised
    left join {{ ref('event_name_map') }} as names
        on
            recognised.source = names.source
            and recognised.raw_event = names.raw_event
            and recognised.raw_discriminator = names.raw_discriminator
    left join {{ ref('event_name_map') }} as any_discriminator
        on
            recognised.source = any_discriminator.source
            and recognised.raw_event = any_discriminator.raw_event
            and any_discriminator.raw_discriminator is null
    left join {{ ref('event_types') }} as own_words
        on recognised.raw_event = own_words.event_type
    left join {{ ref('acts_counted_once') }} as acts
        on
            recognised.source = acts.source
            and recognised.raw_event = acts.raw_event
            and coalesce(recognised.raw_discriminator, '') = coalesce(acts.raw_discriminator, '')
    left join {{ ref('int_traffic_sources_ruled') }} as traffic
        on {{ same_signs | join(' and ') }}

),

keyed as (

    select
        *,
        {{ hash_id('identifier_set') }} as identifier_set_id
    from enriched

)

select * from keyed
