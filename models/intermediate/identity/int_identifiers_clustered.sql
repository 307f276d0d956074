-- One row per linked identifier and the smallest identifier it is connected to.
-- depends_on: {{ ref('int_identifier_link_changes') }}, {{ ref('int_identifier_links_judged') }}
select
    strong_id,
    weak_id,
    rejected_by
{% if is_incremental() %}
    from {{ ref('int_identifier_link_changes') }}
    where
        {{ is_new('int_identifier_link_changes') }}
        and (rejected_by is null or held_before)
{% else %}
    from {{ ref('int_identifier_links_judged') }}
    where rejected_by is null
{% endif %}
