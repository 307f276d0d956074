{# a warning: one person may hold two memberships, and no guard sees a chain of devices #}
{{ config(severity='warn') }}

-- Two members would be one customer: one sees the other's orders, and both get the wrong segment.
select
    customer_id,
    count(*) as member_ids
from {{ ref('customer_identifiers') }}
where identifier_type = 'member_id'
group by customer_id
having count(*) > 1
