-- One row per version of a profile and tag that it has, in our words (seed tag_name_map). A tag
-- that no line maps keeps its name.
with arrived as (

    select
        profile_version_id,
        profile_key,
        source,
        tags,
        load_seq
    from {{ ref('int_profiles_unioned') }}
    where {{ is_new('int_profiles_unioned') }}

),

told as (

    select
        profile_version_id,
        profile_key,
        source,
        load_seq,
        trim(split_part(word, '=', 1)) as raw_tag,
        nullif(trim(split_part(word, '=', 2)), '') as raw_value
    from {{ unnest_words('arrived', 'tags', '|') }} as words
    where trim(split_part(word, '=', 1)) <> ''

),

named as (

    select
        told.*,
        coalesce(own.tag, anyones.tag, told.raw_tag) as tag,
        coalesce(own.tag, anyones.tag) is not null as is_defined,
        coalesce(told.raw_value, own.tag_value, anyones.tag_value) as tag_value
    from told
    left join {{ ref('tag_name_map') }} as own
        on told.source = own.source and told.raw_tag = own.raw_tag
    left join {{ ref('tag_name_map') }} as anyones
        on anyones.source is null and told.raw_tag = anyones.raw_tag

),

-- two raw tags of one version can mean one tag
numbered as (

    select
        *,
        row_number() over (
            partition by profile_version_id, tag
            order by tag_value is null, raw_tag, tag_value
        ) as name_rank
    from named

),

observed as (

    select
        profile_version_id,
        profile_key,
        tag,
        is_defined,
        tag_value,
        load_seq
    from numbered
    where name_rank = 1

)

select * from observed
