{{ config(materialized='connected_components') }}

-- One row per linked identifier and the smallest identifier it is connected to.
select distinct
    least(strong_id, weak_id) as low_id,
    greatest(strong_id, weak_id) as high_id
from {{ ref('int_identifier_links_judged') }}
where rejected_by is null and strong_id <> weak_id
