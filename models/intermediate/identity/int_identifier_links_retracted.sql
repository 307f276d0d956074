-- depends_on: {{ ref('int_identifiers_touched') }}
-- One row per exact link with the rule by which it holds no more, whoever else uses its ends: it is
-- of nobody's value, was parted on purpose, or is out of date.
{% if is_incremental() %}
    with around as (

        select links.*
        from {{ ref('int_identifier_links_exact') }} as links
        where
            links.weak_id in (
                select touched.weak_id
                from {{ ref('int_identifier_links_exact') }} as touched
                where {{ link_is_touched('touched') }}
            )

    ),
{% else %}
    with around as (

        select * from {{ ref('int_identifier_links_exact') }}

    ),
{% endif %}

parted as (

    select
        around.*,
        weak_types.ttl_days,
        coalesce(
            around.rejected_by,
            case
                -- a phone and its hash are one
                when coalesce(strong_types.form_of, around.strong_type)
                    = coalesce(weak_types.form_of, around.weak_type)
                    then null
                when strong_ends.lasting_reason is not null then strong_ends.lasting_reason
                when weak_ends.lasting_reason is not null then weak_ends.lasting_reason
                when around.last_seen_at <= strong_ends.parted_at then strong_ends.reason
                when around.last_seen_at <= weak_ends.parted_at then weak_ends.reason
                when around.last_seen_at <= both_ends.parted_at then both_ends.reason
            end
        ) as parted_by
    from around
    left join {{ ref('identifier_types') }} as weak_types
        on around.weak_type = weak_types.identifier_type
    left join {{ ref('identifier_types') }} as strong_types
        on around.strong_type = strong_types.identifier_type
    left join {{ ref('int_identifiers_parted') }} as strong_ends
        on around.strong_id = strong_ends.identifier_id and strong_ends.other_id is null
    left join {{ ref('int_identifiers_parted') }} as weak_ends
        on around.weak_id = weak_ends.identifier_id and weak_ends.other_id is null
    left join {{ ref('int_identifiers_parted') }} as both_ends
        on around.strong_id = both_ends.identifier_id and around.weak_id = both_ends.other_id

),

-- a phone number that somebody else has had for long is no longer the first one's
aged as (

    select
        *,
        max(case when parted_by is null then last_seen_at end)
            over (partition by weak_id, strong_type, strong_namespace)
            as owned_until
    from parted

),

retracted as (

    select
        strong_id,
        strong_type,
        strong_namespace,
        weak_id,
        weak_type,
        observation_count,
        sources,
        first_seen_at,
        last_seen_at,
        coalesce(
            parted_by,
            case
                when {{ seconds_between('last_seen_at', 'owned_until') }} > ttl_days * 86400
                    then 'expired'
            end
        ) as retracted_by
    from aged
    where {{ link_is_touched('aged') }}

)

select * from retracted
