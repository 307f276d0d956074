-- One row per exact link and change of the rule that rejects it: the record of every verdict.
with verdicts as (

    select
        judged.strong_id,
        judged.weak_id,
        judged.rejected_by
    from {{ ref('int_identifier_links_judged') }} as judged
    where {{ link_is_touched('judged') }}

),

{% if is_incremental() %}
    before as (

        select
            strong_id,
            weak_id,
            rejected_by
        from {{ this }} as verdicts
        where {{ link_is_touched('verdicts') }}
        qualify row_number() over (partition by strong_id, weak_id order by change_seq desc) = 1

    ),

    changed as (

        select
            verdicts.strong_id,
            verdicts.weak_id,
            verdicts.rejected_by,
            before.strong_id is not null and before.rejected_by is null as held_before
        from verdicts
        left join before
            on verdicts.strong_id = before.strong_id and verdicts.weak_id = before.weak_id
        where
            before.strong_id is null
            or verdicts.rejected_by is distinct from before.rejected_by

    ),
{% else %}
    changed as (

        select
            strong_id,
            weak_id,
            rejected_by,
            false as held_before
        from verdicts

    ),
{% endif %}

numbered as (

    select
        *,
        {{ next_sequence() }} as change_seq,
        {{ run_time() }} as changed_at
    from changed

)

select * from numbered
