-- One row per event of any channel, as it came. Reading the channels is most of the work, so it is
-- done once: a changed rule reads this table again, not them.
with loaded as (

    select
        staged.*,
        loads.load_seq,
        lower(regexp_extract(staged.page_url, '^[a-zA-Z-]+://([^/?#:]+)', 1)) as host,
        lower(regexp_extract(staged.referrer, '^[a-zA-Z-]+://([^/?#:]+)', 1)) as host_before
    from {{ ref('int_events_staged') }} as staged
    inner join {{ ref('int_loads_sequenced') }} as loads
        on staged.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

),

arrived as (

    select
        {{ event_columns() | replace(' scene,', '') }},
        load_seq,
        nullif(host, '') as page_host,
        case
            when host_before = host and host <> '' then '(self)'
            else nullif(host_before, '')
        end as referrer_host,
        -- WeChat writes on a shared page whom it was shared to
        coalesce(
            scene,
            'h5:' || nullif(
                regexp_extract(page_url, '[?&]from=(singlemessage|groupmessage|timeline)', 1), ''
            )
        ) as scene
    from loaded

)

select * from arrived
