{% set reports = [
    'stg_baidu_reports__ad_performance',
    'stg_declared__ad_performance',
    'stg_ocean_reports__ad_performance',
    'stg_tencent_reports__ad_performance',
    'stg_xiaohongshu_reports__ad_performance',
] %}
{% set latest_first %}
    partition by
        source, channel, account_id, campaign_id, ad_id, creative_id,
        report_dimensions, report_cell_id, spend_date
    order by version desc, fetched_at desc, ad_performance_version_id desc
{% endset %}

-- One row per cell of an ad report and version of it: the day it was fetched, and the day on which
-- a version was that comes before it.
with unioned as (

    {% for report in reports %}
        select {{ ad_performance_columns() }} from {{ ref(report) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- a load that never completed is no load
complete as (

    select
        unioned.*,
        {{ local_date('unioned.fetched_at') }} as fetched_on
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id

),

dated as (

    select
        *,
        row_number() over ({{ latest_first }}) as version_rank,
        -- of those that come before it, the one that was there first
        min(fetched_on) over (
            {{ latest_first }} rows between unbounded preceding and 1 preceding
        ) as superseded_on
    from complete

)

select * from dated
