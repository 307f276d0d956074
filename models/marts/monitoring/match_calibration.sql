-- One row per tenth of probability: what is said of pairs of members' devices that took no part in
-- learning it, and what was true of them.
with predicted as (

    select
        cast(least(floor(rates.rate * 10), 9) as bigint) as tenth,
        rates.rate,
        pairs.is_same_customer
    from {{ ref('int_device_pairs_described') }} as pairs
    inner join {{ ref('int_match_rates_estimated') }} as rates
        on pairs.fold = rates.held_out_fold and pairs.pattern = rates.pattern
    where pairs.is_settled

),

binned as (

    select
        tenth,
        cast(tenth as double) / 10 as probability_from,
        count(*) as pair_count,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(avg(cast(rate as decimal(18, 12))) as double) as predicted_share,
        cast(avg(case when is_same_customer then 1 else 0 end) as double) as observed_share
    from predicted
    group by tenth

)

select * from binned
