-- One row per Markov chain of customers and state: how much of what comes by it converts. What is
-- selected here are the chains, a step a row, turned round; the materialization walks them.
with steps as (

    select
        chain_id,
        to_id as from_id,
        from_id as to_id,
        weight
    from {{ ref('int_channel_chains') }}
    where conversion_type <> 'path'

)

select * from steps
