-- What somebody did under the identifier would belong to nobody, or count twice.
select
    observed.identifier_id,
    count(resolved.customer_id) as customer_count
from {{ ref('int_identifiers_observed') }} as observed
left join {{ ref('int_identifiers_resolved') }} as resolved
    on observed.identifier_id = resolved.identifier_id
group by observed.identifier_id
having count(resolved.customer_id) <> 1
