{% set fields = {
    'account_id': '_account_id',
    'dimension_names': '_dimensions',
    'cell': '_cell',
    'report_time': 'time',
    'campaign_id': 'campaign_id',
    'campaign_name': 'campaign_name',
    'unit_id': 'unit_id',
    'creativity_id': 'creativity_id',
    'impression': 'impression',
    'click': 'click',
    'fee': 'fee',
    'orders_7d': 'success_goods_order',
    'leads': 'leads',
} %}

-- One row per advertiser, day, creative 创意 or finer cell of the report, and fetch: each fetch
-- restates the days before. Conversions are orders within seven days and forms.
with source as (

    select * from {{ source('raw', 'xiaohongshu_reports') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as ad_performance_version_id,
        'xiaohongshu_reports' as source,
        account_id,
        campaign_id,
        unit_id as ad_id,
        creativity_id as creative_id,
        cell as report_cell_id,
        load_id,

        -- strings
        'xiaohongshu' as channel,
        campaign_name,
        dimension_names as report_dimensions,
        -- as an instant: two fetches may write their times in two zones
        cast(received_at as string) as version,

        -- numerics
        {{ whole_number('impression') }} as impressions,
        {{ whole_number('click') }} as clicks,
        {{ to_cny('fee', 'xiaohongshu_reports', 'fee') }} as spend,
        coalesce(try_cast(orders_7d as double), 0) + coalesce(try_cast(leads as double), 0)
            as platform_conversions,

        -- dates
        try_cast(substr(report_time, 1, 10) as date) as spend_date,
        received_at as fetched_at
    from parsed

)

select * from renamed
