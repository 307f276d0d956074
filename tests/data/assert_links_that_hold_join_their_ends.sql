-- One person would be two customers although a record holds both identifiers: the clustering
-- stopped too early, or lost an edge.
select
    links.strong_id,
    links.weak_id
from {{ ref('int_identifier_links_judged') }} as links
inner join {{ ref('int_identifiers_resolved') }} as strong_ends
    on links.strong_id = strong_ends.identifier_id
inner join {{ ref('int_identifiers_resolved') }} as weak_ends
    on links.weak_id = weak_ends.identifier_id
where links.rejected_by is null and strong_ends.customer_id <> weak_ends.customer_id
