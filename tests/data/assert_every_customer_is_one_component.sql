-- Two people would be one customer by the accident of an id that was given twice.
select
    customer_id,
    count(distinct component_id) as component_count
from {{ ref('int_identifiers_resolved') }}
group by customer_id
having count(distinct component_id) > 1
