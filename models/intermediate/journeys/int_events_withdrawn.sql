-- One row per event of an opportunity or contract whose latest record of the customer is deleted or
-- void: it was never won or signed.
with versions as (

    select
        events.event_id,
        sets.customer_id,
        {{ deal_id() }} as deal_id,
        case when events.event_type = 'withdrawn' then 1 else 0 end as is_withdrawn,
        try_cast({{ json_text('events.properties', 'modified_at') }} as bigint) as modified_at
    from {{ ref('int_events_unioned') }} as events
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on events.identifier_set_id = sets.identifier_set_id
    where
        events.source = 'fxiaoke_crm'
        and events.raw_event in ('NewOpportunityObj', 'OpportunityObj', 'ContractObj')

),

-- what is deleted may keep the time of its last change
deals as (

    select
        customer_id,
        deal_id
    from versions
    group by customer_id, deal_id
    having
        {{ max_by('is_withdrawn', '(coalesce(modified_at, 0), is_withdrawn, event_id)') }} = 1

),

withdrawn as (

    select versions.event_id
    from versions
    inner join deals
        on versions.customer_id = deals.customer_id and versions.deal_id = deals.deal_id

)

select * from withdrawn
