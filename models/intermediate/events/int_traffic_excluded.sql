-- One row per value that tells that traffic is no customer's, and the reason.
with arrived as (

    select distinct {{ exclusion_signs() | join(', ') }}
    from {{ ref('int_events_arrived') }}
    where {{ is_new('int_events_arrived') }}

),

seen as (

    {% for sign in exclusion_signs() %}
        select
            '{{ sign }}' as field,
            {{ sign }} as seen_value
        from arrived
        {{ 'union' if not loop.last }}
    {% endfor %}

),

excluded as (

    select
        seen.field,
        seen.seen_value,
        min(rules.reason) as exclusion_reason
    from seen
    inner join {{ ref('excluded_traffic') }} as rules
        on seen.field = rules.field and lower(seen.seen_value) like lower(rules.pattern)
    group by seen.field, seen.seen_value
    {% if is_incremental() %}
        except
        select * from {{ this }}
    {% endif %}

)

select * from excluded
