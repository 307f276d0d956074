-- One row per experiment and variant, be it one that nobody was shown: how many were, how many were
-- to be expected, and whether the experiment is over.
with weights as (

    select
        experiment_id,
        split_part(word, ':', 1) as variant,
        cast(split_part(word, ':', 2) as double) as weight
    from {{ unnest_words(ref('experiments'), 'shares') }} as words
    where word <> ''

),

counted as (

    select
        experiment_id,
        variant,
        count(*) as people_exposed,
        count(case when is_closed then 1 end) as people_closed,
        count(case when is_crossed then 1 end) as people_crossed
    from {{ ref('int_experiment_people') }}
    group by experiment_id, variant

),

-- of a variant that nobody was shown, people were lost on the way
shared as (

    select
        coalesce(counted.experiment_id, weights.experiment_id) as experiment_id,
        coalesce(counted.variant, weights.variant) as variant,
        coalesce(counted.people_exposed, 0) as people_exposed,
        coalesce(counted.people_closed, 0) as people_closed,
        coalesce(counted.people_crossed, 0) as people_crossed,
        -- without shares, all variants are meant to be shown to as many
        case
            when
                max(weights.weight)
                    over (partition by coalesce(counted.experiment_id, weights.experiment_id))
                is null then 1e0
            else coalesce(weights.weight, 0e0)
        end as weight
    from weights
    full outer join counted
        on weights.experiment_id = counted.experiment_id and weights.variant = counted.variant

),

expected as (

    select
        *,
        count(*) over experiment as variants,
        sum(people_exposed) over experiment as all_exposed,
        sum(people_closed) over experiment as all_closed,
        sum(people_exposed) over experiment * weight
        / nullif(sum(cast(weight as decimal(18, 6))) over experiment, 0) as expected_people
    from shared
    window experiment as (partition by experiment_id)

),

watched as (

    select
        expected.experiment_id,
        expected.variant,
        expected.people_exposed,
        expected.people_crossed,
        expected.expected_people,
        expected.variants,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(
            (expected.people_exposed - expected.expected_people)
            * (expected.people_exposed - expected.expected_people)
            / nullif(expected.expected_people, 0) as decimal(28, 9)
        )) over (partition by expected.experiment_id) as double) as imbalance,
        experiments.name as experiment_name,
        experiments.control_variant,
        experiments.starts_on,
        experiments.ends_on,
        -- whatever was planned first: the last day and the days that its people have, or the people
        {{ local_date(days_before('data_clock.now_at', 'experiments.outcome_days')) }}
        > experiments.ends_on
        or (
            expected.all_exposed >= experiments.planned_people
            and expected.all_closed = expected.all_exposed
        ) is true as is_final
    from expected
    inner join {{ ref('experiments') }} as experiments
        on expected.experiment_id = experiments.experiment_id
    cross join {{ ref('int_data_clock') }} as data_clock

)

select * from watched
