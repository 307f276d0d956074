{% set fields = {
    'account_id': '_account_id',
    'dimension_names': '_dimensions',
    'cell': '_cell',
    'report_date': 'date',
    'plan_id': 'campaignId',
    'plan_name': 'campaignNameStatus',
    'unit_id': 'adGroupId',
    'idea_id': 'ideaId',
    'impression': 'impression',
    'click': 'click',
    'cost': 'cost',
    'ocpc_conversions': 'ocpcConversions',
    'ocpc_target_trans': 'ocpcTargetTrans',
} %}

-- One row per account, day, unit 单元 or finer cell of the search or the feed report, and fetch: each
-- fetch restates the days before.
with source as (

    select * from {{ source('raw', 'baidu_reports') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as ad_performance_version_id,
        'baidu_reports' as source,
        account_id,
        plan_id as campaign_id,
        unit_id as ad_id,
        idea_id as creative_id,
        cell as report_cell_id,
        load_id,

        -- strings
        case record_type when 'feed' then 'baidu_feed' else 'baidu_sem' end as channel,
        replace(plan_name, '[已删除]', '') as campaign_name,
        dimension_names as report_dimensions,
        -- as an instant: two fetches may write their times in two zones
        cast(received_at as string) as version,

        -- numerics
        {{ whole_number('impression') }} as impressions,
        {{ whole_number('click') }} as clicks,
        {{ to_cny('cost', 'baidu_reports', 'cost') }} as spend,
        try_cast(coalesce(ocpc_conversions, ocpc_target_trans) as double) as platform_conversions,

        -- dates
        try_cast(substr(report_date, 1, 10) as date) as spend_date,
        received_at as fetched_at
    from parsed

)

select * from renamed
