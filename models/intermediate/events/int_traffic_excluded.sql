-- One row per ip, user agent or project whose traffic is no customer's, and the reason.
with arrived as (

    select distinct
        ip,
        user_agent,
        project
    from {{ ref('int_events_arrived') }}
    where {{ is_new('int_events_arrived') }}

),

seen as (

    select
        'ip' as field,
        ip as seen_value
    from arrived
    union
    select
        'user_agent' as field,
        user_agent as seen_value
    from arrived
    union
    select
        'project' as field,
        project as seen_value
    from arrived

),

excluded as (

    select
        seen.field,
        seen.seen_value,
        min(rules.reason) as exclusion_reason
    from seen
    inner join {{ ref('excluded_traffic') }} as rules
        on seen.field = rules.field and seen.seen_value like rules.pattern
    group by seen.field, seen.seen_value
    {% if is_incremental() %}
        except
        select * from {{ this }}
    {% endif %}

)

select * from excluded
