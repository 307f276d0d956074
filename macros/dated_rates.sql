{#
    What one unit of each money column of a source (seed money_units) is in yuan, by currency and for
    how long: from valid_from on, before valid_until (seed exchange_rates).
#}
{% macro dated_rates(source) -%}
    select
        units.field,
        rates.currency,
        rates.valid_from,
        lead(rates.valid_from, 1, date '9999-12-31') over (
            partition by units.field, rates.currency order by rates.valid_from
        ) as valid_until,
        -- wider than 18: DuckDB keeps a product of narrower ones as narrow, and it overflows
        cast(units.to_cny * rates.to_cny as decimal(20, 10)) as to_cny
    from {{ ref('money_units') }} as units
    cross join {{ ref('exchange_rates') }} as rates
    where units.source = '{{ source }}'
{%- endmacro %}
