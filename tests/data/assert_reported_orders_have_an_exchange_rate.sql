{# a warning: the shop may sell in a currency whose rate nobody has written down yet #}
{{ config(severity='warn') }}

-- The order would be no revenue: add its currency to the seed exchange_rates.
with source as (

    select * from {{ source('raw', 'segment') }}

),

parsed as (

    {{ parse_payload('source', {'event': 'event', 'currency': 'properties.currency'}) }}

)

select
    parsed.currency,
    count(*) as order_count
from parsed
left join {{ ref('stg_segment__order_lines') }} as lines
    on parsed.event_id = lines.order_line_version_id
where parsed.event = 'Order Completed' and lines.order_line_version_id is null
group by parsed.currency
