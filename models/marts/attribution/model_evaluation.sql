-- One row per attribution model and conversion type: how well what it credited foretold the weeks
-- after, and how firm its figures are.
with foretold as (

    select
        attribution_model,
        conversion_type,
        min(held_out_date) as held_out_from,
        max(held_out_date) as held_out_to,
        cast(sum(conversions) as double) as conversions,
        cast(sum(cast(conversions_predicted as decimal(38, 15))) as double)
            as conversions_predicted,
        cast(
            sum(cast(abs(conversions_predicted - conversions) as decimal(38, 15))) as double
        ) as missed,
        cast(
            sum(cast(abs(conversions_of_average_day - conversions) as decimal(38, 15))) as double
        ) as missed_by_average
    from {{ ref('int_conversions_predicted') }}
    group by attribution_model, conversion_type

),

-- weighed by what is credited: the error of a channel that hardly earns is nobody's concern
firmness as (

    select
        attribution_model,
        conversion_type,
        cast(sum(cast(conversions_error as decimal(38, 15))) as double)
        / nullif(cast(sum(cast(conversions as decimal(38, 15))) as double), 0) as credit_error,
        avg(case when is_ahead_of_next then 1.0e0 when not is_ahead_of_next then 0.0e0 end)
            as settled_share
    from {{ ref('attribution_intervals') }}
    where channel <> 'unattributed'
    group by attribution_model, conversion_type

),

evaluated as (

    select
        foretold.attribution_model,
        foretold.conversion_type,
        foretold.held_out_from,
        foretold.held_out_to,
        foretold.conversions,
        foretold.conversions_predicted,
        foretold.missed / nullif(foretold.conversions, 0) as prediction_error,
        foretold.missed_by_average / nullif(foretold.conversions, 0) as average_day_error,
        foretold.missed < foretold.missed_by_average as is_better_than_average_day,
        firmness.credit_error,
        firmness.settled_share
    from foretold
    left join firmness
        on
            foretold.attribution_model = firmness.attribution_model
            and foretold.conversion_type = firmness.conversion_type

)

select * from evaluated
