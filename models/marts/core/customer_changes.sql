-- One row per build and two customers between whom identifiers moved: what CRM and audiences follow
-- to keep their copies of customer ids right.
with moved as (

    select
        previous_customer_id,
        customer_id,
        change_type,
        changed_at,
        count(*) as identifier_count,
        min(
            cast(caused_by_strong_id as string) || ' ' || cast(caused_by_weak_id as string)
        ) as caused_by_link_id,
        min(caused_by_rule) as caused_by_rule
    from {{ ref('int_identifier_customer_changes') }}
    where change_type in ('merge', 'split')
    group by previous_customer_id, customer_id, change_type, changed_at

)

select * from moved
