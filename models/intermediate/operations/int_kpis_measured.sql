{% set measures = {
    'money': ['revenue', 'new_customers', 'spend'],
    'people': ['touched_people', 'touched_buyers', 'cross_channel_people', 'cross_channel_buyers'],
    'leads': ['leads', 'leads_30_days_old', 'leads_converted_30_days'],
} %}
{% set steps = {
    'money': 'money', 'people': ref('int_kpi_people_counted'), 'leads': ref('int_kpi_leads_counted')
} %}

-- One row per channel and period that a target is for, and measure that KPIs are made of.
with money as (

    select
        periods.*,
        cast(sum(cast(days.revenue as decimal(38, 15))) as double) as revenue,
        cast(sum(cast(days.new_customers as decimal(38, 15))) as double) as new_customers,
        cast(sum(days.spend) as double) as spend
    from {{ ref('int_kpi_periods') }} as periods
    inner join {{ ref('channel_performance') }} as days
        on
            periods.channel in ('(all)', days.channel)
            and periods.starts_on <= days.performance_date
            and periods.ends_on >= days.performance_date
    where
        days.attribution_model = '{{ var("operations_attribution_model") }}'
        and days.conversion_type = 'purchase'
    group by periods.channel, periods.starts_on, periods.ends_on

),

-- one row per period and measure: each step is read once
named as (

    {% for names in measures.values() %}
        {% set is_last = loop.last %}
        {% for name in names %}
            select '{{ name }}' as measure
            {{ 'union all' if not (is_last and loop.last) }}
        {% endfor %}
    {% endfor %}

),

told as (

    select
        periods.channel,
        periods.starts_on,
        periods.ends_on,
        named.measure,
        case named.measure
            {% for step, names in measures.items() %}
                {% for name in names %}
                    when '{{ name }}' then cast({{ step }}.{{ name }} as double)
                {% endfor %}
            {% endfor %}
        end as value
    from {{ ref('int_kpi_periods') }} as periods
    cross join named
    {% for step in measures %}
        left join {{ steps[step] }} as {{ step }}
            on
                periods.channel = {{ step }}.channel
                and periods.starts_on = {{ step }}.starts_on
                and periods.ends_on = {{ step }}.ends_on
    {% endfor %}

),

measured as (

    select * from told
    where value is not null

)

select * from measured
