-- One row per attribution model, conversion type and channel: what the channel is credited with in
-- all, its rank, and which channel comes next.
with estimated as (

    select
        attribution_model,
        conversion_type,
        channel,
        cast(sum(conversions) as double) as conversions,
        cast(sum(revenue) as double) as revenue
    from {{ ref('int_credits_grouped') }}
    group by attribution_model, conversion_type, channel

),

ranked as (

    select
        *,
        conversions / nullif(cast(
            sum(cast(conversions as decimal(28, 10))) over (of_model) as double
        ), 0) as credit_share,
        row_number() over (
            partition by attribution_model, conversion_type
            order by
                case when channel = 'unattributed' then 1 else 0 end,
                -- the last bits of a sum are no difference
                round(conversions, 9) desc,
                channel
        ) as credit_rank
    from estimated
    window of_model as (partition by attribution_model, conversion_type)

),

followed as (

    select
        *,
        case
            when lead(channel) over (of_model) <> 'unattributed' then lead(channel) over (of_model)
        end as next_channel
    from ranked
    window of_model as (
        partition by attribution_model, conversion_type order by credit_rank
    )

)

select * from followed
