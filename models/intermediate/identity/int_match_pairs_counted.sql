-- One row per pattern of two devices and fold that is held out (none: -1): how many pairs of
-- members have that pattern, those of one person and the others.
with settled as (

    select
        pattern,
        fold,
        count(case when is_same_customer then 1 end) as same_pairs,
        count(case when not is_same_customer then 1 end) as other_pairs
    from {{ ref('int_device_pairs_described') }}
    where is_settled
    group by pattern, fold

),

folds as (

    select fold as held_out_fold from settled
    union
    select -1 as held_out_fold

),

-- those of everybody, not of members alone
patterns as (

    select distinct
        pattern,
        likeness,
        crowd,
        windows,
        addresses,
        hours_apart
    from {{ ref('int_device_pairs_described') }}

),

counted as (

    select
        folds.held_out_fold,
        patterns.pattern,
        patterns.likeness,
        patterns.crowd,
        patterns.windows,
        patterns.addresses,
        patterns.hours_apart,
        cast(coalesce(sum(settled.same_pairs), 0) as bigint) as same_pairs,
        cast(coalesce(sum(settled.other_pairs), 0) as bigint) as other_pairs
    from patterns
    cross join folds
    left join settled
        -- by one of the two: by both, pairs of two persons would be rarer in what is learned from
        on patterns.pattern = settled.pattern and folds.held_out_fold <> settled.fold
    group by
        folds.held_out_fold,
        patterns.pattern,
        patterns.likeness,
        patterns.crowd,
        patterns.windows,
        patterns.addresses,
        patterns.hours_apart

)

select * from counted
