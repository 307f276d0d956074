{% set fields = {
    'declared_source': 'source',
    'day': 'date',
    'channel': 'channel',
    'account': 'account',
    'campaign': 'campaign',
    'campaign_name': 'campaign_name',
    'ad': 'ad',
    'impressions': 'impressions',
    'clicks': 'clicks',
    'conversions': 'conversions',
    'cost': 'cost',
    'money_unit': 'money_unit',
    'currency': 'currency',
    'updated_at_utc': 'updated_at',
} %}

-- One row per declared day, channel, campaign and ad, and version of it.
with source as (

    select * from {{ source('raw', 'declared') }}
    where record_type = 'ad_spend'

),

parsed as (

    {{ parse_payload('source', fields) }}

),

rates as (

    {{ dated_rates('declared') }}

),

renamed as (

    select
        -- ids
        parsed.event_id as ad_performance_version_id,
        parsed.declared_source as source,
        parsed.account as account_id,
        parsed.campaign as campaign_id,
        parsed.ad as ad_id,
        parsed.load_id,

        -- what it does not tell
        {{ null_columns(['creative_id', 'report_cell_id', 'report_dimensions']) }},

        -- strings
        parsed.channel,
        coalesce(parsed.campaign_name, parsed.campaign) as campaign_name,
        coalesce(parsed.updated_at_utc, '') as version,

        -- numerics
        cast(floor(try_cast(parsed.impressions as decimal(18, 4))) as bigint) as impressions,
        cast(floor(try_cast(parsed.clicks as decimal(18, 4))) as bigint) as clicks,
        cast(try_cast(parsed.cost as decimal(18, 4)) * rates.to_cny as decimal(18, 4)) as spend,
        try_cast(parsed.conversions as double) as platform_conversions,

        -- dates
        try_cast(parsed.day as date) as spend_date,
        parsed.received_at as fetched_at
    from parsed
    left join rates
        on
            parsed.money_unit = rates.field
            and coalesce(parsed.currency, 'CNY') = rates.currency
            and try_cast(parsed.day as date) >= rates.valid_from
            and try_cast(parsed.day as date) < rates.valid_until

)

select * from renamed
