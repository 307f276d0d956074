{%- set traits = ['likeness', 'crowd', 'windows', 'addresses', 'hours_apart'] -%}
{%- set totals = [] -%}
{%- for depth in range(traits | length) -%}
    {%- set alike = (['counted.held_out_fold'] + traits[:depth]) | join(', ') -%}
    {%- for counts in ['pairs', 'same_pairs'] -%}
        {%- do totals.append(
            'sum(counted.' ~ counts ~ ')\n            over (partition by ' ~ alike ~ ')\n'
            '            as ' ~ counts ~ '_' ~ depth
        ) -%}
    {%- endfor -%}
{%- endfor %}

-- One row per pattern of two devices and fold that is held out (none: -1): which share of the pairs
-- of members with that pattern are one person, a rare pattern leaning on those like it.
with settled as (

    select
        pattern,
        fold,
        count(*) as pairs,
        count(case when is_same_customer then 1 end) as same_pairs
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
        {{ traits | join(', ') }}
    from {{ ref('int_device_pairs_described') }}

),

counted as (

    select
        folds.held_out_fold,
        patterns.pattern,
        coalesce(sum(settled.pairs), 0) as pairs,
        coalesce(sum(settled.same_pairs), 0) as same_pairs
    from patterns
    cross join folds
    left join settled
        -- by one of the two: by both, pairs of two persons would be rarer in what is learned from
        on patterns.pattern = settled.pattern and folds.held_out_fold <> settled.fold
    group by folds.held_out_fold, patterns.pattern

),

-- of all, of those with the same likeness, of those in the same crowd, too, …
totalled as (

    select
        counted.*,
        {{ totals | join(',\n        ') }}
    from counted
    inner join patterns
        on counted.pattern = patterns.pattern

),

-- too few to learn from: nothing is said
rated_0 as (

    select
        *,
        cast(same_pairs_0 as double) / pairs_0 as rate_0
    from totalled
    where
        same_pairs_0 >= {{ var('match_min_settled_pairs') }}
        and pairs_0 - same_pairs_0 >= {{ var('match_min_settled_pairs') }}

),

{% for depth in range(1, traits | length) %}
    rated_{{ depth }} as (

        select
            *,
            (same_pairs_{{ depth }} + {{ var('match_shrinkage') }} * rate_{{ depth - 1 }})
            / (pairs_{{ depth }} + {{ var('match_shrinkage') }}) as rate_{{ depth }}
        from rated_{{ depth - 1 }}

    ),

{% endfor %}
estimated as (

    select
        held_out_fold,
        pattern,
        cast(pairs as bigint) as pairs,
        cast(same_pairs as bigint) as same_pairs,
        rate_0 as base_rate,
        (same_pairs + {{ var('match_shrinkage') }} * rate_{{ traits | length - 1 }})
        / (pairs + {{ var('match_shrinkage') }}) as rate
    from rated_{{ traits | length - 1 }}

)

select * from estimated
