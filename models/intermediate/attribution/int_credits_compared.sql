-- One row per attribution model, conversion type, channel and group of customers left out: what the
-- channel would be credited with, and how far ahead of the next one it would be.
with resampled as (

    select
        attribution_model,
        conversion_type,
        channel,
        sample_group,
        conversions,
        revenue,
        credit_share
    from {{ ref('int_credits_resampled') }}
    union all
    select
        attribution_model,
        conversion_type,
        channel,
        sample_group,
        {{ exact_sum('conversions') }} as conversions,
        cast(null as double) as revenue,
        {{ exact_sum('credit_share') }} as credit_share
    from {{ ref('int_effects_resampled') }}
    group by attribution_model, conversion_type, channel, sample_group

),

compared as (

    select
        resampled.*,
        resampled.conversions - of_next.conversions as conversions_ahead
    from resampled
    inner join {{ ref('int_credits_ranked') }} as ranked
        on
            resampled.attribution_model = ranked.attribution_model
            and resampled.conversion_type = ranked.conversion_type
            and resampled.channel = ranked.channel
    left join resampled as of_next
        on
            ranked.attribution_model = of_next.attribution_model
            and ranked.conversion_type = of_next.conversion_type
            and ranked.next_channel = of_next.channel
            and resampled.sample_group = of_next.sample_group

)

select * from compared
