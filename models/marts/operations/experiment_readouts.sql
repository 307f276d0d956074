-- One row per experiment, metric and variant: what it brought beside the control. Before its
-- planned end there are only figures that hold however often one looks.
with joined as (

    select
        watched.experiment_id,
        watched.experiment_name,
        compared.metric,
        compared.measure,
        watched.variant,
        watched.variant = watched.control_variant as is_control,
        watched.starts_on,
        watched.ends_on,
        watched.is_final,
        watched.people_exposed,
        watched.people_crossed,
        {{ chi_square_p('watched.imbalance', '(watched.variants - 1)') }} as sample_ratio_p,
        compared.people,
        compared.converted,
        compared.mean,
        compared.difference,
        compared.difference / nullif(compared.base_mean, 0e0) as relative_difference,
        case when watched.is_final then compared.p_value end as p_value,
        case when watched.is_final then compared.difference_from end as difference_from,
        case when watched.is_final then compared.difference_to end as difference_to,
        compared.always_valid_p,
        compared.difference - compared.always_valid_reach as always_valid_from,
        compared.difference + compared.always_valid_reach as always_valid_to,
        -- least() passes over nulls, and a control of nobody has no people
        least(compared.people, coalesce(compared.base_people, 0)) as fewest_people
    from {{ ref('int_experiments_watched') }} as watched
    inner join {{ ref('int_experiments_compared') }} as compared
        on
            watched.experiment_id = compared.experiment_id
            and watched.variant = compared.variant

),

judged as (

    select
        experiment_id,
        experiment_name,
        metric,
        measure,
        variant,
        is_control,
        starts_on,
        ends_on,
        is_final,
        people_exposed,
        people_crossed,
        sample_ratio_p,
        people,
        converted,
        mean,
        difference,
        relative_difference,
        p_value,
        difference_from,
        difference_to,
        always_valid_p,
        always_valid_from,
        always_valid_to,
        case
            when is_control then 'control'
            -- people of one variant are missing, and nobody knows which
            when sample_ratio_p < 1e-3 then 'sample_ratio_mismatch'
            when fewest_people < {{ var('experiment_min_people') }} then 'too_few_people'
            else {{ verdict(
                'difference', 'case when is_final then p_value else always_valid_p end'
            ) }}
        end as decision
    from joined

)

select * from judged
