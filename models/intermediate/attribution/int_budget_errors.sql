-- One row per attribution model, conversion type and paid channel: how far the suggested change of
-- spend, what it brings and the elasticity may be off, by weeks left out one after another.
with changed as (

    select
        attribution_model,
        conversion_type,
        channel,
        elasticity,
        suggested_spend - spend as spend_change,
        conversions * (power(suggested_spend / spend, bounded_elasticity) - 1)
            as conversions_change
    from {{ ref('int_budgets_split') }}
    where week_left_out is not null

),

centred as (

    select
        attribution_model,
        conversion_type,
        channel,
        {{ off_mean('elasticity', 'of_channel') }} as elasticity_off,
        {{ off_mean('spend_change', 'of_channel') }} as spend_change_off,
        {{ off_mean('conversions_change', 'of_channel') }} as conversions_change_off
    from changed
    window of_channel as (partition by attribution_model, conversion_type, channel)

),

measured as (

    select
        attribution_model,
        conversion_type,
        channel,
        -- of as many weeks as there are, less one, Student's t
        {{ student_quantile_near('nullif(count(*) - 1e0, 0)') }} as interval_factor,
        {{ jackknife_error('elasticity_off') }} as elasticity_error,
        {{ jackknife_error('spend_change_off') }} as spend_change_error,
        {{ jackknife_error('conversions_change_off') }} as conversions_change_error
    from centred
    group by attribution_model, conversion_type, channel

)

select * from measured
