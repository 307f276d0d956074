-- One row per event whose page carries the click id of an ad platform. Of several parameters the
-- first in the seed names the platform; one whose macro was left unreplaced does, too.
with opened as (

    select
        event_id,
        page_url,
        lower(utm_source) as utm_source,
        load_seq
    from {{ ref('int_events_arrived') }}
    where page_url like '%?%=%' and {{ is_new('int_events_arrived') }}

),

parsed as (

    select distinct
        opened.event_id,
        parameters.platform,
        parameters.identifier_type,
        parameters.priority,
        {{ url_parameter_named('opened.page_url', 'parameters.parameter') }} as click_id,
        opened.load_seq
    from {{ unnest_words('opened', "replace(page_url, '?', '&')", '&') }} as opened
    inner join {{ ref('click_id_parameters') }} as parameters
        on
            split_part(opened.word, '=', 1) = parameters.parameter
            and regexp_extract(
                opened.page_url, '[?&]' || parameters.parameter || '=([^&#]+)', 1
            ) <> ''
            and (
                parameters.utm_source is null or opened.utm_source like parameters.utm_source
            )

),

ranked as (

    select
        *,
        row_number() over (
            partition by event_id order by click_id is null, priority
        ) as parameter_rank
    from parsed

),

gathered as (

    select
        event_id,
        max(case when parameter_rank = 1 then platform end) as platform,
        max(case when parameter_rank = 1 then click_id end) as click_id,
        {{ join_words(
            "identifier_type || '::' || replace(click_id, ' ', '%20')", ' ', 'parameter_rank'
        ) }} as identifiers,
        max(load_seq) as load_seq
    from ranked
    group by event_id

)

select * from gathered
