-- One row per event of any channel, with its canonical type, its source of traffic and, where it
-- is no customer's, the reason. Rows are never changed: what arrives is appended.
with arrived as (

    select * from {{ ref('int_events_arrived') }}
    where {{ is_new('int_events_arrived') }}

),

judged as (

    select
        arrived.*,
        least(ips.exclusion_reason, agents.exclusion_reason, projects.exclusion_reason)
            as exclusion_reason
    from arrived
    left join {{ ref('int_traffic_excluded') }} as ips
        on ips.field = 'ip' and arrived.ip = ips.seen_value
    left join {{ ref('int_traffic_excluded') }} as agents
        on agents.field = 'user_agent' and arrived.user_agent = agents.seen_value
    left join {{ ref('int_traffic_excluded') }} as projects
        on projects.field = 'project' and arrived.project = projects.seen_value

),

enriched as (

    select
        judged.event_id,
        judged.source,
        judged.raw_event,
        judged.raw_discriminator,
        -- a declared file may use our own words; an unknown name stays null and is reported
        coalesce(names.event_type, any_discriminator.event_type, own_words.event_type)
            as event_type,
        coalesce(
            judged.declared_channel,
            nullif(traffic.channel, 'internal'),
            names.channel,
            any_discriminator.channel
        ) as channel,
        judged.exclusion_reason,
        -- what is no customer's names nobody
        case when judged.exclusion_reason is null then trim(judged.identifiers) else '' end
            as identifier_set,
        judged.stream_id,
        judged.page_url,
        judged.click_id,
        judged.campaign_id,
        judged.ad_id,
        judged.creative_id,
        judged.content_id,
        judged.keyword,
        judged.item_id,
        judged.order_id,
        judged.store_id,
        judged.staff_id,
        judged.properties,
        judged.version_group,
        judged.version,
        judged.occurred_at,
        judged.received_at,
        judged.load_seq
    from judged
    left join {{ ref('event_name_map') }} as names
        on
            judged.source = names.source
            and judged.raw_event = names.raw_event
            and judged.raw_discriminator = names.raw_discriminator
    left join {{ ref('event_name_map') }} as any_discriminator
        on
            judged.source = any_discriminator.source
            and judged.raw_event = any_discriminator.raw_event
            and any_discriminator.raw_discriminator is null
    left join {{ ref('event_types') }} as own_words
        on judged.raw_event = own_words.event_type
    left join {{ ref('int_traffic_sources_ruled') }} as traffic
        on
            judged.has_clickid = traffic.has_clickid
            and judged.has_bd_vid = traffic.has_bd_vid
            and judged.utm_source is not distinct from traffic.utm_source
            and judged.utm_medium is not distinct from traffic.utm_medium
            and judged.referrer_host is not distinct from traffic.referrer_host
            and judged.scene is not distinct from traffic.scene

),

keyed as (

    select
        *,
        {{ hash_id('identifier_set') }} as identifier_set_id
    from enriched

)

select * from keyed
