-- One row per act of a customer's first journey, and how the journey stands at the end of the data.
with staged as (

    select
        traced.event_id,
        traced.customer_id,
        traced.entry_channel,
        case
            when traced.is_converted then 'converted'
            when
                traced.ended_at
                > data_clock.now_at - interval {{ var('journey_open_days') }} day
                then 'open'
            else 'broken_off'
        end as journey_state,
        traced.stage_number,
        traced.is_impression,
        traced.channel,
        traced.event_type,
        traced.page,
        traced.occurred_at
    from {{ ref('int_first_journeys_traced') }} as traced
    cross join {{ ref('int_data_clock') }} as data_clock

)

select * from staged
