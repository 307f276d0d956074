-- One row per identifier and time for which it belonged to one customer, as the warehouse knew it.
with changes as (

    select
        changes.*,
        lead(changes.changed_at) over (
            partition by changes.identifier_id order by changes.change_seq
        ) as valid_to,
        row_number() over (
            partition by changes.identifier_id order by changes.change_seq
        ) as change_number
    from {{ ref('int_identifier_customer_changes') }} as changes

),

history as (

    select
        cast(changes.identifier_id as string) as identifier_id,
        changes.customer_id,
        -- nobody else's before: since it was first seen
        case
            when changes.change_number = 1
                then least(changes.changed_at, coalesce(observed.first_seen_at, changes.changed_at))
            else changes.changed_at
        end as valid_from,
        changes.valid_to,
        changes.valid_to is null as is_current,
        changes.change_type,
        changes.previous_customer_id,
        cast(changes.caused_by_strong_id as string) || ' '
        || cast(changes.caused_by_weak_id as string) as caused_by_link_id,
        changes.caused_by_rule,
        changes.changed_at
    from changes
    left join {{ ref('int_identifiers_observed') }} as observed
        on changes.identifier_id = observed.identifier_id
    where changes.customer_id is not null

)

select * from history
