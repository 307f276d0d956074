-- One row per attribution model, conversion type, channel and group of customers left out: what the
-- channel would be credited with, and how far ahead of the next one it would be.
with resampled as (

    select
        resampled.attribution_model,
        resampled.conversion_type,
        resampled.channel,
        resampled.sample_group,
        resampled.conversions + coalesce(reweighed.conversions, 0) as conversions,
        resampled.revenue + coalesce(reweighed.revenue, 0) as revenue
    from {{ ref('int_credits_resampled') }} as resampled
    left join {{ ref('int_credits_reweighed') }} as reweighed
        on
            resampled.attribution_model = reweighed.attribution_model
            and resampled.conversion_type = reweighed.conversion_type
            and resampled.channel = reweighed.channel
            and resampled.sample_group = reweighed.sample_group

),

shared as (

    select
        *,
        conversions / nullif(cast(
            sum(cast(conversions as decimal(28, 10))) over (of_model) as double
        ), 0) as credit_share
    from resampled
    window of_model as (partition by attribution_model, conversion_type, sample_group)

),

compared as (

    select
        shared.*,
        shared.conversions - of_next.conversions as conversions_ahead
    from shared
    inner join {{ ref('int_credits_ranked') }} as ranked
        on
            shared.attribution_model = ranked.attribution_model
            and shared.conversion_type = ranked.conversion_type
            and shared.channel = ranked.channel
    left join shared as of_next
        on
            ranked.attribution_model = of_next.attribution_model
            and ranked.conversion_type = of_next.conversion_type
            and ranked.next_channel = of_next.channel
            and shared.sample_group = of_next.sample_group

)

select * from compared
