-- One row per attribution model, conversion type, channel and group of customers left out: what the
-- channel would be credited with if the others were all there are, and as many as all are, by
-- conversions as they are credited with all of them.
with totals as (

    select
        attribution_model,
        conversion_type,
        channel,
        sum(conversions) as conversions,
        sum(revenue) as revenue
    from {{ ref('int_credits_grouped') }}
    group by attribution_model, conversion_type, channel

),

left_over as (

    select
        totals.attribution_model,
        totals.conversion_type,
        totals.channel,
        left_out.sample_group,
        cast(left_out.group_count as double) / (left_out.group_count - 1) as scale_up,
        cast(totals.conversions - coalesce(grouped.conversions, 0) as double) as conversions,
        cast(totals.revenue - coalesce(grouped.revenue, 0) as double) as revenue
    from totals
    cross join {{ ref('int_groups_left_out') }} as left_out
    left join {{ ref('int_credits_grouped') }} as grouped
        on
            totals.attribution_model = grouped.attribution_model
            and totals.conversion_type = grouped.conversion_type
            and totals.channel = grouped.channel
            and left_out.sample_group = grouped.sample_group

),

resampled as (

    select
        attribution_model,
        conversion_type,
        channel,
        sample_group,
        conversions * scale_up as conversions,
        revenue * scale_up as revenue
    from left_over

)

select * from resampled
