-- One row per customer and deal that a record of the CRM withdrew: it was never signed or won.
with withdrawn as (

    select distinct
        sets.customer_id,
        {{ deal_id() }} as deal_id
    from {{ ref('int_events_counted') }} as events
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on events.identifier_set_id = sets.identifier_set_id
    where events.event_type = 'withdrawn'

),

named as (

    select * from withdrawn
    where deal_id is not null

)

select * from named
