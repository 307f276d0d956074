-- One row per identifier and time for which it belonged to one customer, as the warehouse knew it.
with dated as (

    select
        changes.identifier_id,
        changes.customer_id,
        changes.previous_customer_id,
        changes.change_seq,
        changes.caused_by_strong_id,
        changes.caused_by_weak_id,
        changes.caused_by_rule,
        observed.first_seen_at,
        -- changes from before times and kinds were noted
        coalesce(changes.changed_at, observed.first_seen_at) as changed_at,
        coalesce(
            changes.change_type,
            case when changes.previous_customer_id is null then 'new' else 'merge' end
        ) as change_type
    from {{ ref('int_identifier_customer_changes') }} as changes
    left join {{ ref('int_identifiers_observed') }} as observed
        on changes.identifier_id = observed.identifier_id

),

numbered as (

    select
        *,
        row_number() over identifier as change_number,
        lead(changed_at) over identifier as valid_to
    from dated
    window identifier as (partition by identifier_id order by change_seq)

),

history as (

    select
        cast(identifier_id as string) as identifier_id,
        cast(change_number as bigint) as change_number,
        customer_id,
        -- nobody else's before: since it was first seen
        case
            when change_number = 1 then least(changed_at, coalesce(first_seen_at, changed_at))
            else changed_at
        end as valid_from,
        valid_to,
        valid_to is null as is_current,
        change_type,
        previous_customer_id,
        cast(caused_by_strong_id as string) || ' ' || cast(caused_by_weak_id as string)
            as caused_by_link_id,
        caused_by_rule,
        changed_at
    from numbered
    where customer_id is not null

)

select * from history
