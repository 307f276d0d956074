{% set fields = {
    'account_id': '_account_id',
    'dimension_names': '_dimensions',
    'cell': '_cell',
    'report_date': 'date',
    'adgroup_id': 'adgroup_id',
    'adgroup_name': 'adgroup_name',
    'dynamic_creative_id': 'dynamic_creative_id',
    'view_count': 'view_count',
    'valid_click_count': 'valid_click_count',
    'cost': 'cost',
    'conversions_count': 'conversions_count',
} %}

-- One row per account, day, ad, creative and fetch: each fetch restates the days before. Above the
-- ad 广告 (adgroup) Tencent Ads 3.0 has no level, so it is the campaign, too.
with source as (

    select * from {{ source('raw', 'tencent_reports') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as ad_performance_version_id,
        'tencent_reports' as source,
        account_id,
        adgroup_id as campaign_id,
        adgroup_id as ad_id,
        dynamic_creative_id as creative_id,
        cell as report_cell_id,
        load_id,

        -- strings
        'tencent_ads' as channel,
        adgroup_name as campaign_name,
        dimension_names as report_dimensions,
        -- as an instant: two fetches may write their times in two zones
        cast(received_at as string) as version,

        -- numerics
        {{ whole_number('view_count') }} as impressions,
        {{ whole_number('valid_click_count') }} as clicks,
        {{ to_cny('cost', 'tencent_reports', 'cost') }} as spend,
        try_cast(conversions_count as double) as platform_conversions,

        -- dates
        try_cast(substr(report_date, 1, 10) as date) as spend_date,
        received_at as fetched_at
    from parsed

)

select * from renamed
