-- One row per conversion type, group of customers left out and channel taken out of the first-order
-- chain of the others, and one with none taken out: conversions that are left, of 1. What is
-- selected here are the chains, a step a row; the materialization walks them.
with channel_states as (

    select distinct
        conversion_type,
        sample_group,
        from_state as state,
        from_state as channel
    from {{ ref('int_steps_resampled') }}
    where from_state <> '(start)'

),

{{ chains_without_channels(
    ref('int_steps_resampled'), 'channel_states', ['conversion_type', 'sample_group']
) }}

select * from chains
