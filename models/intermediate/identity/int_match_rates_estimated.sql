{%- set like_it = 'partition by held_out_fold, likeness' -%}
{%- set met_so = 'partition by held_out_fold, crowd, windows, addresses, hours_apart' -%}
{%- set all_of_it = 'partition by held_out_fold' -%}

-- One row per pattern of two devices and fold that is held out (none: -1): which share of the pairs
-- of members with that pattern are one person. What devices are and how they met is taken as
-- independent, among one person's and among others', as far as counts do not say otherwise.
with totalled as (

    select
        *,
        sum(same_pairs) over ({{ all_of_it }}) as all_same_pairs,
        sum(other_pairs) over ({{ all_of_it }}) as all_other_pairs
    from {{ ref('int_match_pairs_counted') }}

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
        *,
    {% for kind in ['same', 'other'] %}
        (sum({{ kind }}_pairs) over ({{ like_it }}) + {{ kind }}_share)
        * (sum({{ kind }}_pairs) over ({{ met_so }}) + {{ kind }}_share)
        / (all_{{ kind }}_pairs + {{ kind }}_share)
            as {{ kind }}_expected
        {{- ',' if not loop.last }}
    {% endfor %}
    from learned

),

-- counts lean on what is expected by so many pairs (gamma-Poisson shrinkage)
leaning as (

    select
        *,
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
        same_pairs + other_pairs as pairs,
        same_pairs,
        same_share as base_rate,
        same_likely / (same_likely + other_likely) as rate
    from leaning

)

select * from estimated
