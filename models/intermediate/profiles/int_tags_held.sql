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
        lag(observed_at) over in_order as previous_observed_at,
        lead(observed_at) over in_order as next_observed_at
    from touched
    window in_order as (
        partition by profile_key order by observed_at, received_at, profile_version_id
    )

),

moments as (

    select
        *,
        max(case when next_observed_at > observed_at then next_observed_at end) over (
            partition by profile_key, observed_at
        ) as later_observed_at
    from numbered

),

-- a call keeps its time however often it comes again: what changed since is known by its receipt.
-- A correction that came when the record told of a later time already holds until that time.
timed as (

    select
        *,
        case
            when observed_at = previous_observed_at
                then least(greatest(observed_at, received_at), later_observed_at)
            else observed_at
        end as told_at
    from moments

),

versions as (

    select
        *,
        lead(told_at) over (partition by profile_key order by version_number) as next_told_at
    from timed

),

tagged as (

    select
        versions.*,
        tags.tag,
        tags.is_defined,
        tags.tag_value,
        versions.version_number - row_number() over (
            partition by versions.profile_key, tags.tag, tags.tag_value
            order by versions.version_number
        ) as stretch_number
    from versions
    inner join {{ ref('int_tags_observed') }} as tags
        on versions.profile_version_id = tags.profile_version_id

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
    from tagged

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
        -- an end that a source gives can lie before anything it tells
        case
            when valid_until < since_at then since_at else least(next_told_at, valid_until)
        end as until_at
    from ranked
    where from_last = 1

)

select * from held
