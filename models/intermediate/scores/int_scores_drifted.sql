-- One row per newest fit and feature, and its probability: how far customers have become others
-- than those it learned from.
with bins as (

    select
        score_name,
        fit_id,
        name as feature,
        bin,
        coalesce(max(case when kind = 'bin_from' then value end), -1e300) as value_from,
        coalesce(
            lead(max(case when kind = 'bin_from' then value end))
                over (partition by fit_id, name order by bin),
            1e300
        ) as value_to,
        max(case when kind = 'bin_share' then value end) as share_trained
    from {{ ref('int_score_figures_newest') }}
    where kind in ('bin_from', 'bin_share')
    group by score_name, fit_id, name, bin

),

present as (

    select
        score_name,
        feature,
        feature_value,
        count(*) as customers
    from {{ ref('int_score_contributions') }}
    group by score_name, feature, feature_value
    union all
    select
        score_name,
        'probability' as feature,
        probability as feature_value,
        count(*) as customers
    from {{ ref('customer_scores') }}
    where probability is not null
    group by score_name, probability

),

counted as (

    select
        bins.fit_id,
        bins.feature,
        bins.share_trained,
        coalesce(sum(present.customers), 0) as customers,
        sum(sum(present.customers)) over (partition by bins.fit_id, bins.feature) as all_customers
    from bins
    left join present
        on
            bins.score_name = present.score_name
            and bins.feature = present.feature
            and bins.value_from <= present.feature_value
            and bins.value_to > present.feature_value
    group by bins.fit_id, bins.feature, bins.bin, bins.share_trained

),

-- a bin that nobody is in counts as almost empty: the logarithm of nothing is endless
compared as (

    select
        fit_id,
        feature,
        greatest(share_trained, 0.0001) as share_trained,
        greatest(customers / cast(all_customers as double), 0.0001) as share_now
    from counted
    where all_customers > 0

),

drifted as (

    select
        fit_id,
        'population_stability_index' as metric,
        feature as contender,
        cast(null as bigint) as bin,
        cast(
            sum(cast((share_now - share_trained) * ln(share_now / share_trained) as decimal(18, 9)))
            as double
        ) as value
    from compared
    group by fit_id, feature

)

select * from drifted
