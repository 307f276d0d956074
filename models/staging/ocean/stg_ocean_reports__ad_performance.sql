{% set fields = {
    'advertiser_id': '_advertiser_id',
    'dimension_names': '_dimensions',
    'cell': '_cell',
    'stat_time_day': 'dimensions.stat_time_day',
    'stat_time_hour': 'dimensions.stat_time_hour',
    'project_id': 'dimensions.cdp_project_id',
    'project_name': 'dimensions.cdp_project_name',
    'promotion_id': 'dimensions.cdp_promotion_id',
    'promotion_name': 'dimensions.cdp_promotion_name',
    'creative_id': 'dimensions.creative_id',
    'cdp_creative_id': 'dimensions.cdp_creative_id',
    'material_id': 'dimensions.material_id',
    'cdp_material_id': 'dimensions.cdp_material_id',
    'stat_cost': 'metrics.stat_cost',
    'show_cnt': 'metrics.show_cnt',
    'click_cnt': 'metrics.click_cnt',
    'convert_cnt': 'metrics.convert_cnt',
} %}

-- One row per advertiser, day, promotion or finer cell of the report, and fetch: each fetch
-- restates the days before.
with source as (

    select * from {{ source('raw', 'ocean_reports') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as ad_performance_version_id,
        'ocean_reports' as source,
        advertiser_id as account_id,
        project_id as campaign_id,
        promotion_id as ad_id,
        coalesce(creative_id, cdp_creative_id, material_id, cdp_material_id) as creative_id,
        cell as report_cell_id,
        load_id,

        -- strings
        'douyin_ads' as channel,
        coalesce(project_name, promotion_name) as campaign_name,
        dimension_names as report_dimensions,
        -- as an instant: two fetches may write their times in two zones
        cast(received_at as string) as version,

        -- numerics
        {{ whole_number('show_cnt') }} as impressions,
        {{ whole_number('click_cnt') }} as clicks,
        {{ to_cny('stat_cost', 'ocean_reports', 'stat_cost') }} as spend,
        try_cast(convert_cnt as double) as platform_conversions,

        -- dates
        try_cast(substr(coalesce(stat_time_hour, stat_time_day), 1, 10) as date) as spend_date,
        received_at as fetched_at
    from parsed

)

select * from renamed
