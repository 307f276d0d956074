-- One row per Markov chain and state: how often those come by it of whom one converts. What is
-- selected here are the chains, a step a row; the materialization walks them.
with steps as (

    select
        chain_id,
        from_id,
        to_id,
        weight
    from {{ ref('int_channel_chains') }}

)

select * from steps
