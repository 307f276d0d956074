-- depends_on: {{ ref('int_identifiers_touched') }}
-- One row per exact link with the first rule that rejects it, if one does. A rule looks at nothing
-- but the links of the two ends, so that only what is touched has to be judged anew.
{% if is_incremental() %}
    with ends as (

        select links.strong_id as identifier_id
        from {{ ref('int_identifier_links_exact') }} as links
        where
            {{ is_touched('links.strong_id', 'int_identifiers_touched', 'identifier_id') }}
            or {{ is_touched('links.weak_id', 'int_identifiers_touched', 'identifier_id') }}
        union
        select links.weak_id as identifier_id
        from {{ ref('int_identifier_links_exact') }} as links
        where
            {{ is_touched('links.strong_id', 'int_identifiers_touched', 'identifier_id') }}
            or {{ is_touched('links.weak_id', 'int_identifiers_touched', 'identifier_id') }}

    ),

    around as (

        select links.*
        from {{ ref('int_identifier_links_exact') }} as links
        where
            links.strong_id in (select ends.identifier_id from ends)
            or links.weak_id in (select ends.identifier_id from ends)

    ),
{% else %}
    with around as (

        select * from {{ ref('int_identifier_links_exact') }}

    ),
{% endif %}

-- what a record parts on purpose: one from another or, where there is no other, from everybody
parted as (

    select
        identifier_id,
        other_id,
        max(case when not lasts then retracted_at end) as parted_at,
        {{ max_by('case when not lasts then reason end', '(not lasts, retracted_at, event_id)') }}
            as reason,
        {{ max_by('case when lasts then reason end', '(lasts, retracted_at, event_id)') }}
            as lasting_reason
    from {{ ref('int_identifier_retractions') }}
    group by identifier_id, other_id

),

retracted as (

    select
        around.*,
        types.max_member_ids,
        types.max_owners,
        types.dominant_share,
        types.ttl_days,
        coalesce(
            around.rejected_by,
            case
                when coalesce(strong_types.form_of, around.strong_type)
                    = coalesce(types.form_of, around.weak_type)
                    then null
                when strong_ends.lasting_reason is not null then strong_ends.lasting_reason
                when weak_ends.lasting_reason is not null then weak_ends.lasting_reason
                when around.last_seen_at <= strong_ends.parted_at then strong_ends.reason
                when around.last_seen_at <= weak_ends.parted_at then weak_ends.reason
                when around.last_seen_at <= both_ends.parted_at then both_ends.reason
            end
        ) as retracted_by
    from around
    left join {{ ref('identifier_types') }} as types
        on around.weak_type = types.identifier_type
    left join {{ ref('identifier_types') }} as strong_types
        on around.strong_type = strong_types.identifier_type
    left join parted as strong_ends
        on around.strong_id = strong_ends.identifier_id and strong_ends.other_id is null
    left join parted as weak_ends
        on around.weak_id = weak_ends.identifier_id and weak_ends.other_id is null
    left join parted as both_ends
        on around.strong_id = both_ends.identifier_id and around.weak_id = both_ends.other_id

),

-- a phone number that somebody else has had for long is no longer the first one's
aged as (

    select
        *,
        max(case when retracted_by is null then last_seen_at end)
            over (partition by weak_id, strong_type, strong_namespace)
            as owned_until
    from retracted

),

expired as (

    select
        *,
        coalesce(
            retracted_by,
            case
                when {{ seconds_between('last_seen_at', 'owned_until') }} > ttl_days * 86400
                    then 'expired'
            end
        ) as outdated_by
    from aged

),

owned as (

    select
        *,
        case when strong_type = 'member_id' then max_member_ids else max_owners end as owner_limit,
        count(*) over owners as owner_count,
        sum(observation_count) over owners as owned_count,
        row_number() over (
            partition by weak_id, strong_type, strong_namespace, outdated_by is null
            order by observation_count desc, last_seen_at desc, strong_id asc
        ) as owner_rank
    from expired
    window owners as (
        partition by weak_id, strong_type, strong_namespace, outdated_by is null
    )

),

contested as (

    select
        *,
        outdated_by is null and owner_count > owner_limit as is_contested,
        owner_rank = 1 and observation_count >= dominant_share * owned_count as is_dominant
    from owned

),

-- many use it and nobody most of the time: a store tablet, the phone that a till fills in
shared as (

    select
        weak_id as identifier_id,
        strong_type,
        strong_namespace
    from contested
    where is_contested
    group by weak_id, strong_type, strong_namespace
    having not bool_or(is_dominant)

),

-- counted whatever else is said of them, or a verdict would hang on links two steps away
neighbours as (

    select
        strong_id as identifier_id,
        strong_type as identifier_type
    from contested
    union all
    select
        weak_id as identifier_id,
        weak_type as identifier_type
    from contested

),

hubs as (

    select neighbours.identifier_id
    from neighbours
    inner join {{ ref('identifier_types') }} as types
        on neighbours.identifier_type = types.identifier_type
    group by neighbours.identifier_id
    having count(*) > min(types.max_links)

),

barred as (

    select
        identifier_id,
        'too_many_links' as rejected_by,
        1 as rule_order
    from hubs
    union all
    select
        identifier_id,
        'shared' as rejected_by,
        2 as rule_order
    from shared

),

joining_nobody as (

    select
        identifier_id,
        {{ min_by('rejected_by', 'rule_order') }} as rejected_by
    from barred
    group by identifier_id

),

judged as (

    select
        contested.strong_id,
        contested.strong_type,
        contested.weak_id,
        contested.weak_type,
        contested.observation_count,
        contested.sources,
        contested.first_seen_at,
        contested.last_seen_at,
        coalesce(
            contested.outdated_by,
            weak_ends.rejected_by,
            strong_ends.rejected_by,
            case when contested.is_contested and not contested.is_dominant then 'other_owner' end
        ) as rejected_by
    from contested
    left join joining_nobody as weak_ends
        on contested.weak_id = weak_ends.identifier_id
    left join joining_nobody as strong_ends
        on contested.strong_id = strong_ends.identifier_id
    {% if is_incremental() %}
        where
            {{ is_touched('contested.strong_id', 'int_identifiers_touched', 'identifier_id') }}
            or {{ is_touched('contested.weak_id', 'int_identifiers_touched', 'identifier_id') }}
    {% endif %}

)

select * from judged
