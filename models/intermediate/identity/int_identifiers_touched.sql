-- One row per build and identifier of which something new was seen: its links are judged anew. A
-- full build needs no such list.
with touched as (

    select exploded.identifier_id
    from {{ ref('int_identifier_sets_observed') }} as observed
    inner join {{ ref('int_identifier_sets_exploded') }} as exploded
        on observed.identifier_set_id = exploded.identifier_set_id
    where {{ is_new('int_identifier_sets_observed', 'observed') }}
    union
    -- who is parted from everybody leaves neighbours whose owners have changed
    select others.identifier_id
    from {{ ref('int_identifier_retractions') }} as retractions
    inner join {{ ref('int_identifier_sets_exploded') }} as exploded
        on retractions.identifier_id = exploded.identifier_id
    inner join {{ ref('int_identifier_sets_exploded') }} as others
        on exploded.identifier_set_id = others.identifier_set_id
    where {{ is_new('int_identifier_retractions', 'retractions') }}

),

numbered as (

    select
        identifier_id,
        {{ next_sequence() }} as touched_seq
    from touched
    {% if not is_incremental() %}
        where 1 = 0
    {% endif %}

)

select * from numbered
