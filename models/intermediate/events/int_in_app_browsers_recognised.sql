-- One row per user agent that is the browser inside of an app. Rules read values, not events.
with arrived as (

    select distinct user_agent
    from {{ ref('int_events_arrived') }}
    where user_agent is not null and {{ is_new('int_events_arrived') }}

),

matched as (

    select
        arrived.user_agent,
        browsers.browser,
        row_number() over (
            partition by arrived.user_agent order by browsers.priority
        ) as browser_rank
    from arrived
    inner join {{ ref('in_app_browsers') }} as browsers
        on lower(arrived.user_agent) like browsers.pattern

),

recognised as (

    select
        user_agent,
        browser
    from matched
    where browser_rank = 1
    {% if is_incremental() %}
        except
        select * from {{ this }}
    {% endif %}

)

select * from recognised
