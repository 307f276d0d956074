{%- set like_it = 'partition by learned.held_out_fold, patterns.likeness' -%}
{%- set met_so = 'partition by learned.held_out_fold, patterns.crowd, patterns.windows, '
    ~ 'patterns.addresses, patterns.hours_apart' -%}
{%- set all_of_it = 'partition by held_out_fold' -%}

-- One row per pattern of two devices and fold that is held out (none: -1): which share of the pairs
-- of members with that pattern are one person. What devices are and how they met is taken as
-- independent, among one person's and among others', as far as counts do not say otherwise.
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
        coalesce(sum(settled.same_pairs), 0) as same_pairs,
        coalesce(sum(settled.other_pairs), 0) as other_pairs
    from patterns
    cross join folds
    left join settled
        -- by one of the two: by both, pairs of two persons would be rarer in what is learned from
        on patterns.pattern = settled.pattern and folds.held_out_fold <> settled.fold
    group by folds.held_out_fold, patterns.pattern

),

totalled as (

    select
        *,
        sum(same_pairs) over ({{ all_of_it }}) as all_same_pairs,
        sum(other_pairs) over ({{ all_of_it }}) as all_other_pairs
    from counted

),

-- of too few nothing is learned
learned as (

    select
        *,
        cast(all_same_pairs as double) / (all_same_pairs + all_other_pairs) as same_share,
        cast(all_other_pairs as double) / (all_same_pairs + all_other_pairs) as other_share
    from totalled
    where
        all_same_pairs >= {{ var('match_min_settled_pairs') }}
        and all_other_pairs >= {{ var('match_min_settled_pairs') }}

),

-- one pair more of each likeness and each way to meet, shared as all pairs are: what was never seen
-- says nothing
expected as (

    select
        learned.*,
    {% for kind in ['same', 'other'] %}
        (sum(learned.{{ kind }}_pairs) over ({{ like_it }}) + learned.{{ kind }}_share)
        * (sum(learned.{{ kind }}_pairs) over ({{ met_so }}) + learned.{{ kind }}_share)
        / (learned.all_{{ kind }}_pairs + learned.{{ kind }}_share)
            as {{ kind }}_expected
        {{- ',' if not loop.last }}
    {% endfor %}
    from learned
    inner join patterns
        on learned.pattern = patterns.pattern

),

-- counts lean on what is expected by so many pairs (gamma-Poisson shrinkage)
leaning as (

    select
        held_out_fold,
        pattern,
        cast(same_pairs + other_pairs as bigint) as pairs,
        cast(same_pairs as bigint) as same_pairs,
        same_share as base_rate,
    {% for kind in ['same', 'other'] %}
        {{ kind }}_expected
        * ({{ kind }}_pairs + {{ var('match_shrinkage') }})
        / ({{ kind }}_expected + {{ var('match_shrinkage') }})
            as {{ kind }}_likely
        {{- ',' if not loop.last }}
    {% endfor %}
    from expected

),

estimated as (

    select
        held_out_fold,
        pattern,
        pairs,
        same_pairs,
        base_rate,
        same_likely / (same_likely + other_likely) as rate
    from leaning

)

select * from estimated
