-- One row per event of any channel, as it came. Reading the channels is most of the work, so it is
-- done once: a changed rule reads this table again, not them.
with arrived as (

    select
        staged.*,
        -- a page of the own site is no new source
        nullif(
            nullif(lower(regexp_extract(staged.referrer, '^[a-zA-Z]+://([^/?#:]+)', 1)), ''),
            lower(regexp_extract(staged.page_url, '^[a-zA-Z]+://([^/?#:]+)', 1))
        ) as referrer_host,
        coalesce(regexp_extract(staged.page_url, '[?&]clickid=', 0) <> '', false) as has_clickid,
        coalesce(regexp_extract(staged.page_url, '[?&]bd_vid=', 0) <> '', false) as has_bd_vid,
        loads.load_seq
    from {{ ref('int_events_staged') }} as staged
    inner join {{ ref('int_loads_sequenced') }} as loads
        on staged.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

)

select * from arrived
