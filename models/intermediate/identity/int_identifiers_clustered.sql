-- One row per linked identifier and the smallest identifier it is connected to.
-- depends_on: {{ ref('int_identifier_link_changes') }}, {{ ref('int_identifier_links_judged') }}
{% if is_incremental() %}
    -- of a link that was judged several times since, the last verdict, and whether it ever held
    with changed as (

        select
            strong_id,
            weak_id,
            {{ max_by('rejected_by', 'change_seq') }} as rejected_by,
            bool_or(held_before or rejected_by is null) as has_held
        from {{ ref('int_identifier_link_changes') }}
        where {{ is_new('int_identifier_link_changes') }}
        group by strong_id, weak_id

    )

    select
        strong_id,
        weak_id,
        rejected_by
    from changed
    where has_held
{% else %}
    select
        strong_id,
        weak_id,
        rejected_by
    from {{ ref('int_identifier_links_judged') }}
    where rejected_by is null
{% endif %}
