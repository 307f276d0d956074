-- One row per combination of what says where a visit came from, and the channel that the first
-- matching rule gives it; combinations that no rule matches have none.
with traffic_sources as (

    select distinct
        has_clickid,
        has_bd_vid,
        utm_source,
        utm_medium,
        referrer_host,
        scene
    from {{ ref('int_events_arrived') }}
    where {{ is_new('int_events_arrived') }}

),

matched as (

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

ruled as (

    select
        has_clickid,
        has_bd_vid,
        utm_source,
        utm_medium,
        referrer_host,
        scene,
        channel
    from matched
    where rule_rank = 1
    {% if is_incremental() %}
        except
        select * from {{ this }}
    {% endif %}

)

select * from ruled
