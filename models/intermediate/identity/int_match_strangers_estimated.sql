-- One row per fold that is held out (none: -1): the odds that a device is a stranger's, of nobody
-- it met, beside the odds of those it met: the odds that make the owners of devices most likely.
with devices as (

    select
        device_id,
        fold,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(odds as decimal(28, 8))) as double) as odds_of_met,
        max(case when is_owner then odds end) as odds_of_owner
    from {{ ref('int_members_held_out') }}
    group by device_id, fold

),

candidates as (

    select exp(cast(steps.log_odds as double)) as odds
    from (
        values
        {% for step in range(-40, 41) %}
            ({{ step / 20 }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as steps (log_odds)

),

tried as (

    select
        devices.fold,
        candidates.odds,
        sum(
            cast(
                ln(
                    coalesce(devices.odds_of_owner, candidates.odds)
                    / (candidates.odds + devices.odds_of_met)
                ) as decimal(28, 8)
            )
        ) as log_likelihood
    from devices
    cross join candidates
    group by devices.fold, candidates.odds

),

folds as (

    select fold as held_out_fold from devices
    union
    select -1 as held_out_fold

),

summed as (

    select
        folds.held_out_fold,
        tried.odds,
        sum(tried.log_likelihood)
        -- as if so many devices more had met one person who is as likely theirs as not
        + cast(
            {{ var('match_shrinkage') }} / 2 * ln(tried.odds / power(1 + tried.odds, 2))
            as decimal(28, 8)
        ) as log_likelihood
    from folds
    inner join tried
        on folds.held_out_fold <> tried.fold
    group by folds.held_out_fold, tried.odds

),

likeliest as (

    select
        held_out_fold,
        odds
    from summed
    qualify
        row_number() over (partition by held_out_fold order by log_likelihood desc, odds asc) = 1

)

select * from likeliest
