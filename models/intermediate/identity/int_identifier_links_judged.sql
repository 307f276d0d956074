-- depends_on: {{ ref('int_identifiers_touched') }}
-- One row per exact link with the first rule that rejects it, if one does. A rule looks at nothing
-- but the links of the two ends, so that only what is touched has to be judged anew.
{% if is_incremental() %}
    with ends as (

        select links.strong_id as identifier_id
        from {{ ref('int_identifier_links_retracted') }} as links
        where {{ link_is_touched('links') }}
        union
        select links.weak_id as identifier_id
        from {{ ref('int_identifier_links_retracted') }} as links
        where {{ link_is_touched('links') }}

    ),

    around as (

        select links.*
        from {{ ref('int_identifier_links_retracted') }} as links
        where
            links.strong_id in (select ends.identifier_id from ends)
            or links.weak_id in (select ends.identifier_id from ends)

    ),
{% else %}
    with around as (

        select * from {{ ref('int_identifier_links_retracted') }}

    ),
{% endif %}

owned as (

    select
        around.*,
        types.dominant_share,
        case
            when around.strong_type = 'member_id' then types.max_member_ids else types.max_owners
        end as owner_limit,
        count(*) over owners as owner_count,
        sum(around.observation_count) over owners as owned_count,
        row_number() over (
            partition by
                around.weak_id,
                around.strong_type,
                around.strong_namespace,
                around.retracted_by is null
            order by around.observation_count desc, around.last_seen_at desc, around.strong_id asc
        ) as owner_rank
    from around
    left join {{ ref('identifier_types') }} as types
        on around.weak_type = types.identifier_type
    window owners as (
        partition by
            around.weak_id,
            around.strong_type,
            around.strong_namespace,
            around.retracted_by is null
    )

),

contested as (

    select
        *,
        retracted_by is null and owner_count > owner_limit as is_contested,
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
            contested.retracted_by,
            weak_ends.rejected_by,
            strong_ends.rejected_by,
            case when contested.is_contested and not contested.is_dominant then 'other_owner' end
        ) as rejected_by
    from contested
    left join joining_nobody as weak_ends
        on contested.weak_id = weak_ends.identifier_id
    left join joining_nobody as strong_ends
        on contested.strong_id = strong_ends.identifier_id
    where {{ link_is_touched('contested') }}

)

select * from judged
