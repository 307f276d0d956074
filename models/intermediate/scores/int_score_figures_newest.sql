-- One row per figure of the newest fit of each score, and whether that fit may be used.
with ranked as (

    select
        *,
        rank() over (partition by score_name order by fitted_at desc, fit_id desc) as fit_rank,
        max(case when kind = 'verdict' then value end) over (partition by fit_id) = 1
            as is_published
    from {{ ref('stg_scores__figures') }}

),

newest as (

    select *
    from ranked
    where fit_rank = 1

)

select * from newest
