-- One row per Markov model of first order, conversion type, channel and group of customers left
-- out: what the channel would be credited with if the others were all, and as many as all are.
with converted as (

    select
        conversion_type,
        sample_group,
        sum(cast(transitions as decimal(28, 8))) as conversions
    from {{ ref('int_steps_resampled') }}
    where to_state = '(conversion)'
    group by conversion_type, sample_group

),

left_out as (

    select
        sample_group,
        count(*) over () as group_count
    from {{ ref('int_customers_grouped') }}
    group by sample_group

),

-- a channel that is gone with a group has no effect then
removals as (

    select
        channels.conversion_type,
        left_out.sample_group,
        left_out.group_count,
        channels.channel as removed_channel
    from {{ ref('int_channel_states_split') }} as channels
    inner join left_out
        on left_out.group_count > 1
    where channels.markov_order = 1 and channels.conversion_type <> 'path'

),

present as (

    select distinct
        conversion_type,
        sample_group,
        from_state as channel
    from {{ ref('int_steps_resampled') }}

),

measured as (

    select
        removals.conversion_type,
        removals.sample_group,
        removals.removed_channel as channel,
        removals.group_count,
        cast(converted.conversions as double) as conversions,
        case
            when present.channel is not null then {{ removal_effect('solved.converted') }}
            else 0
        end as removal_effect
    from removals
    inner join converted
        on
            removals.conversion_type = converted.conversion_type
            and removals.sample_group = converted.sample_group
    left join present
        on
            removals.conversion_type = present.conversion_type
            and removals.sample_group = present.sample_group
            and removals.removed_channel = present.channel
    left join {{ ref('int_channel_removals_resampled') }} as solved
        on {{ removal_id('removals', ['conversion_type', 'sample_group']) }} = solved.chain_id

),

shared as (

    select
        *,
        removal_effect / nullif(cast(
            sum(cast(removal_effect as decimal(38, 18))) over (
                partition by conversion_type, sample_group
            ) as double
        ), 0) as credit_share
    from measured

),

resampled as (

    select
        models.attribution_model,
        shared.conversion_type,
        shared.channel,
        shared.sample_group,
        shared.credit_share * shared.conversions * shared.group_count / (shared.group_count - 1)
            as conversions,
        shared.credit_share
    from shared
    inner join {{ ref('attribution_models') }} as models
        on
            models.markov_order = 1
            and {{ is_of_type('models.conversion_types', 'shared.conversion_type') }}

)

select * from resampled
