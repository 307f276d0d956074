-- One row per customer and deal whose latest record in the CRM is deleted or void: it was never won
-- or signed.
with versions as (

    select
        events.event_id,
        events.event_type,
        sets.customer_id,
        {{ deal_id('events') }} as deal_id,
        try_cast({{ json_text('events.properties', 'modified_at') }} as bigint) as modified_at
    from {{ ref('int_events_unioned') }} as events
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on events.identifier_set_id = sets.identifier_set_id
    where
        events.source = 'fxiaoke_crm'
        and events.raw_event in ('NewOpportunityObj', 'OpportunityObj', 'ContractObj')

),

-- what is deleted may keep the time of its last change
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, deal_id
            order by
                modified_at desc,
                case when event_type = 'withdrawn' then 0 else 1 end asc,
                event_id desc
        ) as version_rank
    from versions

),

withdrawn as (

    select
        customer_id,
        deal_id
    from ranked
    where version_rank = 1 and event_type = 'withdrawn' and deal_id is not null

)

select * from withdrawn
