-- A journey that arrives somewhere and does not go on from there would be lost in the diagram; one
-- that goes on and never arrived, invented.
with at_nodes as (

    select
        conversion_type,
        step - 1 as step,
        to_channel as channel,
        journeys as journeys_arriving,
        0 as journeys_going_on
    from {{ ref('channel_flow') }}
    where step > 1
    union all
    select
        conversion_type,
        step,
        from_channel as channel,
        0 as journeys_arriving,
        journeys as journeys_going_on
    from {{ ref('channel_flow') }}
    where from_channel <> '(start)' and step < {{ var('flow_max_steps') }}

)

select
    conversion_type,
    step,
    channel,
    sum(journeys_arriving) as journeys_arriving,
    sum(journeys_going_on) as journeys_going_on
from at_nodes
group by conversion_type, step, channel
having abs(sum(journeys_arriving) - sum(journeys_going_on)) > 1e-6
