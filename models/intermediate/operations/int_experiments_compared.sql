-- One row per experiment, metric and variant: how well its difference to the control is known. A
-- rate is compared by z, an amount by Welch's t.
with neared as (

    select
        *,
        {{ student_quantile_near('degrees') }} as quantile_near
    from {{ ref('int_experiments_paired') }}

),

quantified as (

    select
        *,
        {{ student_p('quantile_near', 'degrees') }} as p_of_near
    from neared

),

tested as (

    select
        *,
        {{ student_quantile('quantile_near', 'p_of_near', 'degrees') }} as quantile,
        {{ student_p('mean_t', 'degrees') }} as mean_p,
        {{ normal_p('rate_z') }} as rate_p
    from quantified

),

compared as (

    select
        *,
        case when measure = 'rate' then rate_p else mean_p end as p_value,
        case
            when measure = 'rate' then rate_difference_from
            else difference - quantile * sqrt(difference_square_error)
        end as difference_from,
        case
            when measure = 'rate' then rate_difference_to
            else difference + quantile * sqrt(difference_square_error)
        end as difference_to,
        {{ always_valid_p('difference', 'difference_square_error', 'typical_effect') }}
            as always_valid_p,
        {{ always_valid_reach('difference_square_error', 'typical_effect') }}
            as always_valid_reach
    from tested

)

select * from compared
