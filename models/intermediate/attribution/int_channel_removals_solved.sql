-- One row per conversion type, order of the Markov chain and channel taken out of it, and one with
-- none taken out: conversions that are left, of 1. What is selected here are the chains, a step a
-- row; the materialization walks them.
with {{ chains_without_channels(
    ref('int_channel_transitions_counted'),
    ref('int_channel_states_split'),
    ['conversion_type', 'markov_order']
) }}

select * from chains
