{# a warning: the follower is kept, only apart #}
{{ config(severity='warn') }}

-- One follower would be two customers: events name the official account by its gh_ id, profiles by
-- its app id, and no line of the seed wechat_accounts says that they are the same account.
with senders as (

    select
        {{ json_text('payload', 'ToUserName') }} as account_id,
        count(*) as event_count
    from {{ source('raw', 'wechat_oa') }}
    group by {{ json_text('payload', 'ToUserName') }}

)

select
    senders.account_id,
    senders.event_count
from senders
left join {{ ref('wechat_accounts') }} as accounts
    on senders.account_id = accounts.account_id
where accounts.app_id is null
