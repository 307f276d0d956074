-- One row per day, source, channel, account, campaign, ad and creative, and day on which anything
-- of that account's day was fetched: the latest figures that were known at the end of it.
with cells as (

    select * from {{ ref('int_ad_reports_dated') }}

),

fetched as (

    select distinct
        source,
        channel,
        account_id,
        spend_date,
        fetched_on as known_on
    from cells

),

days as (

    select
        *,
        row_number() over account_day as day_number,
        lead(known_on) over account_day as known_until
    from fetched
    window account_day as (
        partition by source, channel, account_id, spend_date order by known_on
    )

),

cells_known as (

    select
        cells.*,
        days.known_on,
        days.known_until,
        days.day_number
    from cells
    inner join days
        on
            cells.source = days.source
            and cells.channel = days.channel
            and coalesce(cells.account_id, '') = coalesce(days.account_id, '')
            and cells.spend_date = days.spend_date
            and cells.fetched_on <= days.known_on
            and coalesce(cells.superseded_on > days.known_on, true)

),

{{ ad_reports_counted('cells_known', ['known_on', 'known_until', 'day_number']) }}

select * from summed
