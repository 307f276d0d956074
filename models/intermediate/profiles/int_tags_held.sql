-- One row per profile, tag and time that it was held: from the first version that has it to the
-- first after it that has not, or to the end that the source gives it.
with touched as (

    select *
    from {{ ref('int_profiles_unioned') }}
    where tags is not null and {{ is_touched('profile_key', 'int_profiles_unioned') }}

),

numbered as (

    select
        *,
        row_number() over in_order as version_number,
        lag(observed_at) over in_order as previous_observed_at
    from touched
    window in_order as (
        partition by profile_key order by observed_at, received_at, profile_version_id
    )

),

-- a call keeps its time however often it comes again: what changed since is known by its receipt
timed as (

    select
        *,
        case when observed_at = previous_observed_at then received_at else observed_at end
            as told_at
    from numbered

),

versions as (

    select
        *,
        lead(told_at) over (partition by profile_key order by version_number) as next_told_at
    from timed

),

tags as (

    select
        versions.profile_key,
        versions.source,
        versions.identifier_set_id,
        versions.version_number,
        versions.legal_basis,
        versions.valid_until,
        versions.told_at,
        versions.next_told_at,
        trim(split_part(words.word, '=', 1)) as raw_tag,
        nullif(trim(split_part(words.word, '=', 2)), '') as raw_value
    from versions
    {{ unnest_words('versions.tags', '|') }}
    where trim(split_part(words.word, '=', 1)) <> ''

),

named as (

    select
        tags.*,
        coalesce(own.tag, anyones.tag, tags.raw_tag) as tag,
        coalesce(own.tag, anyones.tag) is not null as is_defined,
        coalesce(tags.raw_value, own.tag_value, anyones.tag_value) as tag_value
    from tags
    left join {{ ref('tag_name_map') }} as own
        on tags.source = own.source and tags.raw_tag = own.raw_tag
    left join {{ ref('tag_name_map') }} as anyones
        on anyones.source is null and tags.raw_tag = anyones.raw_tag

),

-- two raw tags of one version can mean one tag
once_a_version as (

    select
        *,
        row_number() over (
            partition by profile_key, version_number, tag
            order by tag_value is null, raw_tag, tag_value
        ) as name_rank
    from named

),

lagged as (

    select
        *,
        coalesce(
            version_number - lag(version_number) over (
                partition by profile_key, tag, tag_value order by version_number
            ), 0
        ) as versions_since
    from once_a_version
    where name_rank = 1

),

stretches as (

    select
        *,
        sum(case when versions_since = 1 then 0 else 1 end) over (
            partition by profile_key, tag, tag_value order by version_number
            rows between unbounded preceding and current row
        ) as stretch_number
    from lagged

),

ranked as (

    select
        *,
        min(told_at) over (
            partition by profile_key, tag, tag_value, stretch_number
        ) as since_at,
        row_number() over (
            partition by profile_key, tag, tag_value, stretch_number
            order by version_number desc
        ) as from_last
    from stretches

),

held as (

    select
        profile_key,
        source,
        identifier_set_id,
        tag,
        is_defined,
        tag_value,
        legal_basis,
        since_at,
        least(next_told_at, valid_until) as until_at
    from ranked
    where from_last = 1

)

select * from held
