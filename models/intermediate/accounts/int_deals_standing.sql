-- One row per opportunity and contract of the CRM that was not deleted or declared void in the end,
-- as its latest version tells it. In `events` the first version of a stage counts, as it says when
-- the stage was reached; what the deal is worth, and whose it is, can be changed after that.
with versions as (

    select
        event_id,
        event_type,
        occurred_at,
        {{ deal_id() }} as deal_id,
        {{ json_text('properties', 'account_id') }} as crm_account_id,
        try_cast(
            try_cast({{ json_text('properties', 'amount') }} as double) as decimal(18, 4)
        ) as amount,
        try_cast({{ json_text('properties', 'modified_at') }} as bigint) as modified_at
    from {{ ref('int_events_unioned') }}
    where
        source = 'fxiaoke_crm'
        and raw_event in ('NewOpportunityObj', 'OpportunityObj', 'ContractObj')

),

-- what is deleted may keep the time of its last change
ranked as (

    select
        *,
        row_number() over (
            partition by deal_id
            order by
                modified_at desc,
                case when event_type = 'withdrawn' then 0 else 1 end asc,
                event_id desc
        ) as version_rank
    from versions

),

standing as (

    select
        deal_id,
        event_type,
        crm_account_id,
        amount,
        occurred_at
    from ranked
    where version_rank = 1 and event_type is distinct from 'withdrawn'

)

select * from standing
