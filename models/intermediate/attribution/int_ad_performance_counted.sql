-- One row per day, source, channel, account, campaign, ad and creative: the latest figures of each.
with latest as (

    select * from {{ ref('int_ad_reports_dated') }}
    where version_rank = 1

),

{{ ad_reports_counted('latest') }}

select * from summed
