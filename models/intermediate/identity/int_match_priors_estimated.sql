-- One row per state of knowledge of two customers: which share of their pairs are one person, the
-- one that makes the patterns seen among them most likely. Among members it is another share, as
-- only those who logged in on both devices can be compared there.
with unsettled as (

    select
        knowledge,
        pattern,
        count(*) as pairs
    from {{ ref('int_device_pairs_described') }}
    where not is_settled and not is_same_customer and not is_contradicted
    group by knowledge, pattern

),

weighed as (

    select
        unsettled.knowledge,
        unsettled.pairs,
        rates.base_rate,
        -- how much more often one person's devices make this pattern than two persons' do
        (rates.rate / (1 - rates.rate)) * ((1 - rates.base_rate) / rates.base_rate)
            as likelihood_ratio
    from unsettled
    inner join {{ ref('int_match_rates_estimated') }} as rates
        on unsettled.pattern = rates.pattern and rates.held_out_fold = -1

),

candidates as (

    select 1 / (1 + exp(-cast(steps.log_odds as double))) as share_of_one
    from (
        values
        {% for step in range(-320, 161) %}
            ({{ step / 40 }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as steps (log_odds)

),

tried as (

    select
        weighed.knowledge,
        weighed.base_rate,
        candidates.share_of_one,
        -- as decimals: a sum of doubles hangs on the order of rows
        sum(
            cast(
                weighed.pairs
                * ln(
                    1 - candidates.share_of_one
                    + candidates.share_of_one * weighed.likelihood_ratio
                ) as decimal(28, 8)
            )
        )
        -- as if so many pairs more had been of two persons each: few pairs prove little
        + cast({{ var('match_shrinkage') }} * ln(1 - candidates.share_of_one) as decimal(28, 8))
            as log_likelihood
    from weighed
    cross join candidates
    group by weighed.knowledge, weighed.base_rate, candidates.share_of_one

),

likeliest as (

    select *
    from tried
    qualify
        row_number() over (
            partition by knowledge order by log_likelihood desc, share_of_one asc
        ) = 1

),

estimated as (

    select
        knowledge,
        share_of_one,
        (share_of_one / (1 - share_of_one)) * ((1 - base_rate) / base_rate) as odds_shift
    from likeliest

)

select * from estimated
