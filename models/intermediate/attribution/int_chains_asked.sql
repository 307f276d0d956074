-- One row per conversion type, level and order of the Markov chain that a model, or several, read.
with types as (

    select distinct conversion_type from {{ ref('int_paths_grouped') }}

),

asked as (

    select distinct
        types.conversion_type,
        models.level,
        models.markov_order
    from types
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and {{ is_of_type('models.conversion_types', 'types.conversion_type') }}

)

select * from asked
