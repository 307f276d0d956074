{% set channels = [
    'stg_declared__events',
    'stg_ocean_clicks__events',
    'stg_sensors__events',
    'stg_sms_reports__events',
    'stg_wechat_oa__events',
    'stg_wecom_callbacks__events',
    'stg_wecom_chats__events',
] %}

-- One row per event of any channel, with its canonical type, its source of traffic and, where it
-- is no customer's, the reason. Rows are never changed: what arrives is appended.
with unioned as (

    {% for channel in channels %}
        select {{ event_columns() }} from {{ ref(channel) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

arrived as (

    select
        unioned.*,
        loads.load_seq,
        trim(unioned.identifiers) as identifier_set,
        -- a page of the own site is no new source
        nullif(
            nullif(lower(regexp_extract(unioned.referrer, '^[a-zA-Z]+://([^/?#:]+)', 1)), ''),
            lower(regexp_extract(unioned.page_url, '^[a-zA-Z]+://([^/?#:]+)', 1))
        ) as referrer_host,
        coalesce(regexp_extract(unioned.page_url, '[?&]clickid=', 0) <> '', false) as has_clickid,
        coalesce(regexp_extract(unioned.page_url, '[?&]bd_vid=', 0) <> '', false) as has_bd_vid
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

),

named as (

    select
        arrived.*,
        -- a declared file may use our own words; an unknown name stays null and is reported
        coalesce(names.event_type, own_words.event_type) as event_type,
        names.channel as usual_channel
    from arrived
    left join {{ ref('event_name_map') }} as names
        on
            arrived.source = names.source
            and arrived.raw_event = names.raw_event
            and (
                names.raw_discriminator is null
                or arrived.raw_discriminator = names.raw_discriminator
            )
    left join {{ ref('event_types') }} as own_words
        on arrived.raw_event = own_words.event_type

),

traffic_sources as (

    select distinct
        has_clickid,
        has_bd_vid,
        utm_source,
        utm_medium,
        referrer_host,
        scene
    from arrived

),

traffic_sources_ruled as (

    select
        traffic_sources.*,
        rules.channel,
        row_number() over (
            partition by
                traffic_sources.has_clickid,
                traffic_sources.has_bd_vid,
                traffic_sources.utm_source,
                traffic_sources.utm_medium,
                traffic_sources.referrer_host,
                traffic_sources.scene
            order by rules.priority
        ) as rule_rank
    from traffic_sources
    inner join {{ ref('traffic_source_rules') }} as rules
        on
            (
                rules.click_id_parameter is null
                or (rules.click_id_parameter = 'clickid' and traffic_sources.has_clickid)
                or (rules.click_id_parameter = 'bd_vid' and traffic_sources.has_bd_vid)
            )
            and (rules.utm_source is null or traffic_sources.utm_source like rules.utm_source)
            and (rules.utm_medium is null or traffic_sources.utm_medium like rules.utm_medium)
            and (
                rules.referrer_host is null
                or traffic_sources.referrer_host like rules.referrer_host
            )
            and (rules.scene is null or traffic_sources.scene like rules.scene)

),

excluded as (

    select
        named.event_id,
        min(rules.reason) as exclusion_reason
    from named
    inner join {{ ref('excluded_traffic') }} as rules
        on
            (rules.field = 'ip' and named.ip like rules.pattern)
            or (rules.field = 'user_agent' and named.user_agent like rules.pattern)
            or (rules.field = 'project' and named.project like rules.pattern)
    group by named.event_id

),

enriched as (

    select
        named.event_id,
        named.source,
        named.raw_event,
        named.raw_discriminator,
        named.event_type,
        coalesce(
            named.declared_channel,
            nullif(traffic.channel, 'internal'),
            named.usual_channel
        ) as channel,
        excluded.exclusion_reason,
        -- what is no customer's names nobody
        case when excluded.exclusion_reason is null then named.identifier_set else '' end
            as identifier_set,
        named.stream_id,
        named.page_url,
        named.click_id,
        named.campaign_id,
        named.ad_id,
        named.creative_id,
        named.content_id,
        named.keyword,
        named.item_id,
        named.order_id,
        named.store_id,
        named.staff_id,
        named.properties,
        named.occurred_at,
        named.received_at,
        named.load_seq
    from named
    left join traffic_sources_ruled as traffic
        on
            named.has_clickid = traffic.has_clickid
            and named.has_bd_vid = traffic.has_bd_vid
            and named.utm_source is not distinct from traffic.utm_source
            and named.utm_medium is not distinct from traffic.utm_medium
            and named.referrer_host is not distinct from traffic.referrer_host
            and named.scene is not distinct from traffic.scene
            and traffic.rule_rank = 1
    left join excluded
        on named.event_id = excluded.event_id

),

keyed as (

    select
        *,
        {{ hash_id('identifier_set') }} as identifier_set_id
    from enriched

)

select * from keyed
