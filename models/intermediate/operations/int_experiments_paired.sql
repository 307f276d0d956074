{% set rate_trials = ['base_converted', 'base_people', 'converted', 'people'] %}
{% set of_control -%}
    case when not is_control then max(case when is_control then {} end) over same_metric end
{%- endset %}

-- One row per experiment, metric and variant, beside the control: how far they differ, in errors.
with placed as (

    select
        summed.*,
        summed.variance / summed.people as square_error,
        summed.variant = experiments.control_variant as is_control
    from {{ ref('int_experiment_outcomes_summed') }} as summed
    inner join {{ ref('experiments') }} as experiments
        on summed.experiment_id = experiments.experiment_id

),

-- nothing stands beside the control itself
beside as (

    select
        *,
        {{ of_control.format('people') }} as base_people,
        {{ of_control.format('converted') }} as base_converted,
        {{ of_control.format('mean') }} as base_mean,
        {{ of_control.format('square_error') }} as base_square_error
    from placed
    window same_metric as (partition by experiment_id, metric)

),

differed as (

    select
        *,
        mean - base_mean as difference,
        square_error + base_square_error as difference_square_error,
        {{ rates_z(*rate_trials) }} as rate_z,
        {{ newcombe_bound(*rate_trials, sign='-') }} as rate_difference_from,
        {{ newcombe_bound(*rate_trials, sign='+') }} as rate_difference_to
    from beside

),

-- B. L. Welch, "The generalization of 'Student's' problem", Biometrika 34 (1947), 28-35
freed as (

    select
        *,
        difference / nullif(sqrt(difference_square_error), 0e0) as mean_t,
        difference_square_error * difference_square_error / nullif(
            square_error * square_error / nullif(people - 1, 0)
            + base_square_error * base_square_error / nullif(base_people - 1, 0), 0e0
        ) as degrees
    from differed

)

select * from freed
