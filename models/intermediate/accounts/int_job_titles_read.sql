-- One row per job title: the role, how senior it is, and the department, each by the first line of
-- the seed job_titles that fits and says it.
with titles as (

    select distinct job_title
    from {{ ref('customers') }}
    where job_title is not null

),

fitted as (

    select
        titles.job_title,
        ladder.priority,
        ladder.role,
        ladder.seniority,
        ladder.department
    from titles
    inner join {{ ref('job_titles') }} as ladder
        on {{ matches('lower(trim(titles.job_title))', 'ladder.pattern') }}

),

-- min_by passes over lines without a key: those that say nothing of it
read_titles as (

    select
        job_title,
        {{ min_by('role', 'case when role is not null then priority end') }} as role,
        {{ min_by('seniority', 'case when role is not null then priority end') }} as seniority,
        {{ min_by('department', 'case when department is not null then priority end') }}
            as department
    from fitted
    group by job_title

)

select * from read_titles
