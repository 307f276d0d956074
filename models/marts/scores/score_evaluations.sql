-- One row per fit and figure that tells how far to trust it, former fits among them; of the newest
-- fits also how far customers have become others since.
with judged as (

    select
        score_name,
        fit_id,
        method,
        first_day,
        last_day,
        fitted_at,
        max(value) = 1 as is_published,
        max(note) as verdict
    from {{ ref('stg_scores__figures') }}
    where kind = 'verdict'
    group by score_name, fit_id, method, first_day, last_day, fitted_at

),

told as (

    select
        fit_id,
        name as metric,
        contender,
        bin,
        value
    from {{ ref('stg_scores__figures') }}
    where kind in ('metric', 'parameter')

),

unioned as (

    select * from told
    union all
    select * from {{ ref('int_scores_drifted') }}

),

described as (

    select
        judged.score_name,
        judged.fit_id as model_version,
        judged.method,
        judged.is_published,
        judged.verdict,
        unioned.metric,
        unioned.contender,
        unioned.bin,
        unioned.value,
        judged.first_day,
        judged.last_day,
        judged.fitted_at
    from unioned
    inner join judged
        on unioned.fit_id = judged.fit_id

)

select * from described
