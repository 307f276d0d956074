-- WeCom's archive forgets after five days: a number that is missing between two archived messages
-- is a message lost, or one that could not be decrypted and stands in the quarantine.
{{ config(severity='warn') }}

with numbered as (

    select
        {{ json_text('payload', '_corpid') }} as corp_id,
        try_cast({{ json_text('payload', 'seq') }} as bigint) as seq
    from {{ source('raw', 'wecom_chats') }}

),

followed as (

    select
        corp_id,
        seq,
        lead(seq) over (partition by corp_id order by seq) as next_seq
    from numbered
    where seq is not null

)

select
    corp_id,
    seq + 1 as first_missing_seq,
    next_seq - 1 as last_missing_seq
from followed
where next_seq > seq + 1
