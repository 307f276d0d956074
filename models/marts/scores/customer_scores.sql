-- One row per customer and score that was fitted for them: how probable it is, what to call that,
-- and why. A fit that was not published has no probabilities.
with fits as (

    select
        score_name,
        fit_id,
        fitted_at,
        value as intercept,
        is_published
    from {{ ref('int_score_figures_newest') }}
    where kind = 'intercept'

),

ranked as (

    select
        contributions.*,
        case when contributions.contribution > 0 then '+' else '-' end as sign,
        row_number() over (
            partition by contributions.customer_id, contributions.score_name
            order by abs(contributions.contribution) desc, contributions.feature
        ) as reason_rank
    from {{ ref('int_score_contributions') }} as contributions

),

-- the dot product of weights and features
summed as (

    select
        ranked.customer_id,
        ranked.as_of_date,
        ranked.score_name,
        sum(ranked.contribution) as log_odds,
        {{ reason('name_en', 1) }} as name_en_1,
        {{ reason('name_en', 2) }} as name_en_2,
        {{ reason('name_en', 3) }} as name_en_3,
        {{ reason('name_zh', 1) }} as name_zh_1,
        {{ reason('name_zh', 2) }} as name_zh_2,
        {{ reason('name_zh', 3) }} as name_zh_3
    from ranked
    -- what a fit weighs counts, named or not
    left join {{ ref('score_features') }} as features
        on ranked.feature = features.feature
    group by ranked.customer_id, ranked.as_of_date, ranked.score_name

),

scored as (

    select
        summed.*,
        fits.fit_id,
        fits.fitted_at,
        fits.is_published,
        case
            when fits.is_published
                then 1 / (1 + exp(-(fits.intercept + cast(summed.log_odds as double))))
        end as probability
    from summed
    inner join fits
        on summed.score_name = fits.score_name

),

graded as (

    select
        scored.*,
        grades.grade,
        coalesce(grades.is_handed_to_sales, false) as is_handed_to_sales,
        row_number() over (
            partition by scored.customer_id, scored.score_name
            order by grades.min_probability desc
        ) as grade_rank
    from scored
    left join {{ ref('score_grades') }} as grades
        on
            scored.score_name = grades.score_name
            and scored.probability >= grades.min_probability

),

described as (

    select
        customer_id,
        score_name,
        as_of_date,
        probability,
        grade,
        is_handed_to_sales,
        case when is_published then concat_ws('; ', name_en_1, name_en_2, name_en_3) end
            as reasons,
        case when is_published then concat_ws('；', name_zh_1, name_zh_2, name_zh_3) end
            as reasons_zh,
        fit_id as model_version,
        fitted_at
    from graded
    where grade_rank = 1

)

select * from described
