-- One row per identifier and other one that records part it from, or (other_id is null) everybody:
-- until when, and whether for good.
with parted as (

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

)

select * from parted
