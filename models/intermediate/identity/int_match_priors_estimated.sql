{%- set levels = ['likeness', 'crowd', 'windows', 'addresses', 'hours_apart'] -%}

-- One row per state of knowledge of two customers: which share of their pairs are one person, as
-- their patterns make most likely. Among members it is another share: whoever can be compared
-- there has logged in on both devices.
with unsettled as (

    select
        knowledge,
        {{ levels | join(', ') }},
        count(*) as pairs
    from {{ ref('int_device_pairs_described') }}
    where not is_settled and not is_same_customer
    group by knowledge, {{ levels | join(', ') }}

),

weighed as (

    select
        unsettled.knowledge,
        unsettled.pairs,
        rates.base_rate,
        -- how much more often one person's devices make this pattern than two persons' do
        rates.rate / (1 - rates.rate) * (1 - rates.base_rate) / rates.base_rate as likelihood_ratio
    from unsettled
    inner join {{ ref('int_match_rates_estimated') }} as rates
        on
            rates.held_out_fold = -1
            {% for level in levels %}
                and unsettled.{{ level }} = rates.{{ level }}
            {% endfor %}

),

candidates as (

    select 1 / (1 + exp(-cast(grid.log_odds as double))) as prior
    from (
        values
        {% for step in range(-320, 161) %}
            ({{ step / 40 }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as grid (log_odds)

),

tried as (

    select
        weighed.knowledge,
        candidates.prior,
        weighed.base_rate,
        -- as decimals: a sum of doubles hangs on the order of rows
        sum(
            cast(
                weighed.pairs
                * ln(1 - candidates.prior + candidates.prior * weighed.likelihood_ratio)
                as decimal(28, 8)
            )
        )
        -- as if so many pairs more had been of two persons each: few pairs prove little
        + cast({{ var('match_shrinkage') }} * ln(1 - candidates.prior) as decimal(28, 8))
            as log_likelihood
    from weighed
    cross join candidates
    group by weighed.knowledge, candidates.prior, weighed.base_rate

),

ranked as (

    select
        *,
        row_number() over (partition by knowledge order by log_likelihood desc, prior) as place
    from tried

),

estimated as (

    select
        knowledge,
        prior,
        prior / (1 - prior) * (1 - base_rate) / base_rate as odds_shift
    from ranked
    where place = 1

)

select * from estimated
