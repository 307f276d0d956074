-- One row per event or version of a profile that says whether somebody consents, by the line of the
-- seed consent_signals that fits it most closely.
with said as (

    select
        event_id as evidence_id,
        source,
        channel,
        event_type,
        staff_id,
        identifier_set_id,
        false as is_over,
        occurred_at as stated_at
    from {{ ref('int_events_counted') }}
    where event_type in (select signals.event_type from {{ ref('consent_signals') }} as signals)
    union all
    select
        profile_version_id as evidence_id,
        source,
        {{ null_columns(['channel', 'event_type', 'staff_id']) }},
        identifier_set_id,
        -- told of somebody who is no longer what the source lists
        coalesce(valid_until <= observed_at, false) as is_over,
        observed_at as stated_at
    from {{ ref('int_profiles_unioned') }}

),

matched as (

    select
        said.evidence_id,
        said.source,
        said.staff_id,
        said.identifier_set_id,
        said.stated_at,
        signals.consent,
        signals.is_given and not said.is_over as is_given,
        signals.counts_per,
        row_number() over (
            partition by said.evidence_id, said.source
            order by signals.source nulls last, signals.channel nulls last, signals.consent
        ) as line_rank
    from said
    inner join {{ ref('consent_signals') }} as signals
        on
            coalesce(said.event_type, '') = coalesce(signals.event_type, '')
            and (signals.source is null or said.source = signals.source)
            and (signals.channel is null or said.channel = signals.channel)

),

-- an account that somebody follows, or an employee whom they added, counts by itself
stated as (

    select
        matched.evidence_id,
        matched.source,
        matched.identifier_set_id,
        matched.stated_at,
        matched.consent,
        matched.is_given,
        identifiers.identifier_id as counted_identifier_id,
        case when matched.counts_per is not null then matched.staff_id end as counted_staff_id
    from matched
    left join {{ ref('int_identifier_sets_exploded') }} as identifiers
        on
            matched.identifier_set_id = identifiers.identifier_set_id
            and matched.counts_per = identifiers.identifier_type
    where matched.line_rank = 1

)

select * from stated
