{# a warning: the file may mean it, and then its manifest should map updated_at #}
{{ config(severity='warn') }}

-- What was spent would be lost: of rows of one load that agree in day, channel, account, campaign
-- and ad, only one counts, as if it restated the others. Map the column that tells them apart.
select
    load_id,
    source,
    channel,
    account_id,
    campaign_id,
    ad_id,
    spend_date,
    count(*) as row_count
from {{ ref('stg_declared__ad_performance') }}
group by load_id, source, channel, account_id, campaign_id, ad_id, spend_date, version
having count(*) > 1
