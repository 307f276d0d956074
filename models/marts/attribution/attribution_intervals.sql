-- One row per attribution model, conversion type and channel: what the channel is credited with in
-- all, and how far that may be off because other customers might as well have come.
with centred as (

    select
        attribution_model,
        conversion_type,
        channel,
        {{ off_mean('conversions', 'of_channel') }} as conversions_off,
        {{ off_mean('revenue', 'of_channel') }} as revenue_off,
        {{ off_mean('credit_share', 'of_channel') }} as credit_share_off,
        {{ off_mean('conversions_ahead', 'of_channel') }} as conversions_ahead_off
    from {{ ref('int_credits_compared') }}
    window of_channel as (partition by attribution_model, conversion_type, channel)

),

measured as (

    select
        attribution_model,
        conversion_type,
        channel,
        {{ jackknife_error('conversions_off') }} as conversions_error,
        {{ jackknife_error('revenue_off') }} as revenue_error,
        {{ jackknife_error('credit_share_off') }} as credit_share_error,
        {{ jackknife_error('conversions_ahead_off') }} as conversions_ahead_error
    from centred
    group by attribution_model, conversion_type, channel

),

bounded as (

    select
        ranked.attribution_model,
        ranked.conversion_type,
        ranked.channel,
        coalesce(channels.name_zh, ranked.channel) as channel_name,
        ranked.conversions,
        measured.conversions_error,
        {{ interval_end('conversions', '-') }} as conversions_low,
        {{ interval_end('conversions', '+') }} as conversions_high,
        ranked.revenue,
        measured.revenue_error,
        {{ interval_end('revenue', '-') }} as revenue_low,
        {{ interval_end('revenue', '+') }} as revenue_high,
        ranked.credit_share,
        measured.credit_share_error,
        {{ interval_end('credit_share', '-') }} as credit_share_low,
        {{ interval_end('credit_share', '+') }} as credit_share_high,
        cast(ranked.credit_rank as bigint) as credit_rank,
        ranked.next_channel,
        ranked.conversions - nexts.conversions
        > {{ interval_factor() }} * measured.conversions_ahead_error as is_ahead_of_next
    from {{ ref('int_credits_ranked') }} as ranked
    left join measured
        on
            ranked.attribution_model = measured.attribution_model
            and ranked.conversion_type = measured.conversion_type
            and ranked.channel = measured.channel
    left join {{ ref('int_credits_ranked') }} as nexts
        on
            ranked.attribution_model = nexts.attribution_model
            and ranked.conversion_type = nexts.conversion_type
            and ranked.next_channel = nexts.channel
    left join {{ ref('channels') }} as channels
        on ranked.channel = channels.channel

)

select * from bounded
