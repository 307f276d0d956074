-- One row per figure of a fit: a weight, a parameter, a share, a metric.
with source as (

    select * from {{ source('raw', 'score_figures') }}

),

renamed as (

    select
        -- ids
        figure_id,
        fit_id,
        _dlt_load_id as load_id,

        -- strings
        score_name,
        method,
        kind,
        name,
        contender,
        note,

        -- numerics
        bin,
        value,

        -- dates
        first_day,
        last_day,

        -- timestamps
        {{ utc_timestamp('fitted_at') }} as fitted_at
    from source

)

select * from renamed
