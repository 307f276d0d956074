-- One row per identifier and change of its customer: what each was before and after, and the link
-- that did it. Nothing but this table remembers, so it is never built anew.
-- depends_on: {{ ref('int_identifier_link_changes') }}
{% if is_incremental() %}
    with before as (

        select
            identifier_id,
            customer_id
        from {{ this }}
        qualify row_number() over (partition by identifier_id order by change_seq desc) = 1

    ),

    living as (

        select distinct customer_id
        from {{ ref('int_identifiers_resolved') }}

    ),

    compared as (

        select
            coalesce(resolved.identifier_id, before.identifier_id) as identifier_id,
            resolved.customer_id,
            before.customer_id as previous_customer_id
        from {{ ref('int_identifiers_resolved') }} as resolved
        full join before
            on resolved.identifier_id = before.identifier_id
        where resolved.customer_id is distinct from before.customer_id

    ),

    typed as (

        select
            compared.*,
            case
                when compared.customer_id is null then 'gone'
                when compared.previous_customer_id is null then 'new'
                when living.customer_id is null then 'merge'
                else 'split'
            end as change_type
        from compared
        left join living
            on compared.previous_customer_id = living.customer_id

    ),

    -- the verdicts of this run, seen from either end
    verdicts as (

        select
            strong_id as identifier_id,
            weak_id as other_id,
            strong_id,
            weak_id,
            rejected_by
        from {{ ref('int_identifier_link_changes') }}
        where changed_at = {{ run_time() }}
        union all
        select
            weak_id as identifier_id,
            strong_id as other_id,
            strong_id,
            weak_id,
            rejected_by
        from {{ ref('int_identifier_link_changes') }}
        where changed_at = {{ run_time() }}

    ),

    causes as (

        select
            verdicts.identifier_id,
            verdicts.strong_id,
            verdicts.weak_id,
            verdicts.rejected_by,
            ends.customer_id,
            ends_before.customer_id as previous_customer_id,
            others.customer_id as other_customer_id,
            others_before.customer_id as other_previous_customer_id
        from verdicts
        left join {{ ref('int_identifiers_resolved') }} as ends
            on verdicts.identifier_id = ends.identifier_id
        left join before as ends_before
            on verdicts.identifier_id = ends_before.identifier_id
        left join {{ ref('int_identifiers_resolved') }} as others
            on verdicts.other_id = others.identifier_id
        left join before as others_before
            on verdicts.other_id = others_before.identifier_id

    ),

    -- of an identifier that is new, its own link; of one that moved, a link between the customers
    causes_of_new as (

        select
            identifier_id,
            {{ min_by('strong_id', '(strong_id, weak_id)') }} as strong_id,
            {{ min_by('weak_id', '(strong_id, weak_id)') }} as weak_id
        from causes
        where rejected_by is null and customer_id = other_customer_id
        group by identifier_id

    ),

    causes_of_moves as (

        select
            previous_customer_id,
            customer_id,
            {{ min_by('strong_id', '(strong_id, weak_id)') }} as strong_id,
            {{ min_by('weak_id', '(strong_id, weak_id)') }} as weak_id,
            {{ min_by('rejected_by', '(strong_id, weak_id)') }} as rejected_by
        from causes
        where
            (
                rejected_by is null
                and other_customer_id = customer_id
                and other_previous_customer_id is distinct from previous_customer_id
            )
            or (
                rejected_by is not null
                and other_customer_id <> customer_id
                and other_previous_customer_id = previous_customer_id
            )
        group by previous_customer_id, customer_id

    ),

    changed as (

        select
            typed.identifier_id,
            typed.customer_id,
            typed.previous_customer_id,
            typed.change_type,
            coalesce(moves.strong_id, causes_of_new.strong_id) as caused_by_strong_id,
            coalesce(moves.weak_id, causes_of_new.weak_id) as caused_by_weak_id,
            moves.rejected_by as caused_by_rule,
            {{ next_sequence() }} as change_seq,
            {{ run_time() }} as changed_at
        from typed
        left join causes_of_moves as moves
            on
                typed.previous_customer_id = moves.previous_customer_id
                and typed.customer_id = moves.customer_id
        left join causes_of_new
            on typed.change_type = 'new' and typed.identifier_id = causes_of_new.identifier_id

    )
{% else %}
    with changed as (

        select
            identifier_id,
            customer_id,
            cast(null as string) as previous_customer_id,
            'new' as change_type,
            cast(null as bigint) as caused_by_strong_id,
            cast(null as bigint) as caused_by_weak_id,
            cast(null as string) as caused_by_rule,
            {{ next_sequence() }} as change_seq,
            {{ run_time() }} as changed_at
        from {{ ref('int_identifiers_resolved') }}

    )
{% endif %}

select * from changed
