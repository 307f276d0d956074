-- One row per customer and consent 同意: whether it is given, and what said so last. Who never said
-- anything has no row.
with latest as (

    select
        sets.customer_id,
        stated.*,
        row_number() over (
            partition by
                sets.customer_id, stated.consent, stated.counted_identifier_id,
                stated.counted_staff_id
            order by stated.stated_at desc, stated.evidence_id desc
        ) as latest_rank
    from {{ ref('int_consents_stated') }} as stated
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on stated.identifier_set_id = sets.identifier_set_id
    where
        sets.customer_id <> 'unknown'
        and {{ is_touched('sets.customer_id', 'int_customers_touched') }}

),

-- whoever follows two accounts and leaves one still follows
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, consent
            order by is_given desc, stated_at desc, evidence_id desc
        ) as standing_rank
    from latest
    where latest_rank = 1

),

consents as (

    select
        customer_id,
        consent,
        is_given,
        stated_at,
        source,
        evidence_id
    from ranked
    where standing_rank = 1

)

select * from consents
