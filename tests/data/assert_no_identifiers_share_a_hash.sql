-- Two strangers would be one customer because their identifiers have the same 63-bit hash.
select
    'identifier' as hashed,
    identifier_id as hash_id,
    count(*) as text_count
from {{ ref('int_identifiers_observed') }}
group by identifier_id
having count(*) > 1

union all

select
    'identifier set' as hashed,
    identifier_set_id as hash_id,
    count(distinct identifier_set) as text_count
from {{ ref('int_identifier_sets_observed') }}
group by identifier_set_id
having count(distinct identifier_set) > 1
