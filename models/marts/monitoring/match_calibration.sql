-- One row per tenth of probability: what is said of members' devices as if nobody had logged in on
-- them, each with its one best partner, and what was true of that.
with rivalled as (

    select
        *,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(odds as decimal(28, 8))) over (partition by device_id) as double)
            as odds_of_met
    from {{ ref('int_members_held_out') }}

),

best as (

    select *
    from rivalled
    qualify row_number() over (partition by device_id order by odds desc, component_id asc) = 1

),

predicted as (

    select
        best.is_owner,
        best.odds / (strangers.odds + best.odds_of_met) as probability
    from best
    inner join {{ ref('int_match_strangers_estimated') }} as strangers
        on best.fold = strangers.held_out_fold

),

placed as (

    select
        *,
        cast(least(floor(probability * 10), 9) as bigint) as tenth
    from predicted

),

binned as (

    select
        tenth,
        cast(tenth as double) / 10 as probability_from,
        count(*) as pair_count,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(avg(cast(probability as decimal(18, 12))) as double) as predicted_share,
        cast(avg(case when is_owner then 1 else 0 end) as double) as observed_share
    from placed
    group by tenth

)

select * from binned
