-- One row per identifier and change of its customer: what each was before and after.
{% if is_incremental() %}
    with current_customers as (

        select
            identifier_id,
            customer_id
        from {{ this }}
        qualify row_number() over (partition by identifier_id order by change_seq desc) = 1

    ),

    next_change as (

        select coalesce(max(change_seq), 0) + 1 as change_seq
        from {{ this }}

    ),

    changed as (

        select
            resolved.identifier_id,
            resolved.customer_id,
            current_customers.customer_id as previous_customer_id,
            cast(next_change.change_seq as bigint) as change_seq
        from {{ ref('int_identifiers_resolved') }} as resolved
        cross join next_change
        left join current_customers
            on resolved.identifier_id = current_customers.identifier_id
        where resolved.customer_id is distinct from current_customers.customer_id

    )
{% else %}
    with changed as (

        select
            identifier_id,
            customer_id,
            cast(null as string) as previous_customer_id,
            cast(1 as bigint) as change_seq
        from {{ ref('int_identifiers_resolved') }}

    )
{% endif %}

select * from changed
