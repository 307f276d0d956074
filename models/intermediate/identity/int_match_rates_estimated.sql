{%- set levels = ['likeness', 'crowd', 'windows', 'addresses', 'hours_apart'] -%}

-- One row per pattern of two devices and fold that is held out (none: -1): how many pairs of that
-- pattern between members are of one person, a rare pattern leaning on those like it.
with settled as (

    select
        {{ levels | join(', ') }},
        fold,
        count(*) as pairs,
        count(case when is_same_customer then 1 end) as same_pairs
    from {{ ref('int_device_pairs_described') }}
    where is_settled
    group by {{ levels | join(', ') }}, fold

),

folds as (

    select fold as held_out_fold from settled
    union
    select -1 as held_out_fold

),

patterns as (

    select distinct {{ levels | join(', ') }}
    from {{ ref('int_device_pairs_described') }}

),

counted as (

    select
        folds.held_out_fold,
        {% for level in levels %}
            patterns.{{ level }},
        {% endfor %}
        coalesce(sum(settled.pairs), 0) as pairs,
        coalesce(sum(settled.same_pairs), 0) as same_pairs
    from patterns
    cross join folds
    left join settled
        on
            folds.held_out_fold <> settled.fold
            {% for level in levels %}
                and patterns.{{ level }} = settled.{{ level }}
            {% endfor %}
    group by folds.held_out_fold, {% for level in levels %}patterns.{{ level }}{{ ', ' if not loop.last }}{% endfor %}

),

-- of all, of those with the same likeness, of those in the same crowd, too, …
totalled as (

    select
        *,
        {% for depth in range(levels | length) %}
            {% set like = (['held_out_fold'] + levels[:depth]) | join(', ') %}
            sum(pairs) over (partition by {{ like }}) as pairs_{{ depth }},
            sum(same_pairs) over (partition by {{ like }}) as same_pairs_{{ depth }}{{ ',' if not loop.last }}
        {% endfor %}
    from counted

),

rated_0 as (

    select
        *,
        cast(same_pairs_0 as double) / nullif(pairs_0, 0) as rate_0
    from totalled

),

{% for depth in range(1, levels | length) %}
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
        {{ levels | join(', ') }},
        cast(pairs as bigint) as pairs,
        cast(same_pairs as bigint) as same_pairs,
        rate_0 as base_rate,
        {% set deepest = levels | length - 1 %}
        (same_pairs + {{ var('match_shrinkage') }} * rate_{{ deepest }})
        / (pairs + {{ var('match_shrinkage') }}) as rate
    from rated_{{ deepest }}
    -- too few to learn from: nothing is said
    where
        same_pairs_0 >= {{ var('match_min_settled_pairs') }}
        and pairs_0 - same_pairs_0 >= {{ var('match_min_settled_pairs') }}

)

select * from estimated
