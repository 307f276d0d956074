-- One row per pair of identifiers whose records look like one person's, and declaration that says
-- so.
with source as (

    select * from {{ source('raw', 'record_matches') }}

),

renamed as (

    select
        -- ids
        match_id,
        {{ hash_id('one_identifier') }} as identifier_id,
        {{ hash_id('other_identifier') }} as other_identifier_id,
        _dlt_load_id as load_id,

        -- strings
        declaration,
        evidence,

        -- numerics
        probability
    from source

)

select * from renamed
