-- Marts that agree with each other, for {people} people with {events_each} events each.

create or replace temp table channel_list as
select * from (values
    (0, 'douyin_ads'), (1, 'baidu_sem'), (2, 'xiaohongshu'), (3, 'sms'), (4, 'direct'), (5, 'taobao')
) as list (number, channel);

create or replace temp table person as
select
    n, md5('customer' || n) as customer_id, n % 5 > 0 as is_identified,
    timestamp '2026-07-01' + interval (n % 90) day + interval (n * 37 % 1440) minute as born_at
from range({people}) numbers (n);

create or replace table marts.channels as
select channel, case channel
    when 'douyin_ads' then '抖音广告' when 'baidu_sem' then '百度搜索推广'
    when 'xiaohongshu' then '小红书' when 'sms' then '短信' when 'direct' then '直接访问'
    else '淘宝站内' end as channel_name
from channel_list;

create or replace table marts.events as
select
    md5('event' || n || '-' || k) as event_id, customer_id, md5('session' || n || '-' || k // 5) as session_id,
    'device' || n as device_id, 'sensors' as source, channel,
    case when k % 30 = 29 then null when k % 3 = 0 then 'item_view' else 'page_view' end as event_type,
    case when k % 3 = 0 then 'ViewProduct' else '$pageview' end as raw_event,
    case when k % 3 = 0 then 'consider' end as funnel_stage, case when k % 5 = 0 then 'entry' end as touch_role,
    born_at + interval (k // 5) day + interval (k % 5) minute as occurred_at,
    cast(born_at + interval (k // 5) day + interval (k % 5) minute + interval 8 hour as date) as occurred_date,
    born_at + interval (k // 5) day + interval (k % 5 + 1) minute as received_at,
    cast(null as varchar) as order_id, 'item' || k as item_id, 'https://花间.example/' || k as page_url,
    'c' || (k % 4) as campaign_id, 'a' || (k % 9) as ad_id, cast(null as varchar) as click_id,
    case when k % 40 = 39 then 'bot' end as exclusion_reason, cast(1 as bigint) as load_seq
from person, range({events_each}) ks (k)
join channel_list on number = (n + k // 5) % 6;

create or replace table marts.sessions as
select
    session_id, any_value(customer_id) as customer_id, any_value(device_id) as device_id,
    any_value(source) as source, arg_min(channel, occurred_at) as channel,
    arg_min(campaign_id, occurred_at) as campaign_id, arg_min(page_url, occurred_at) as landing_url,
    min(occurred_at) as started_at, max(occurred_at) as ended_at, min(occurred_date) as session_date,
    date_diff('second', min(occurred_at), max(occurred_at)) as duration_seconds, count(*) as event_count,
    count(*) filter (event_type = 'item_view') as item_view_count
from marts.events where exclusion_reason is null group by session_id;

create or replace table marts.orders as
select
    md5('order' || n) as order_id, case when n % 4 = 0 then 'pos_receipts' else 'taobao_trades' end as source,
    'T' || n as source_order_id, customer_id, 'sale' as order_kind,
    cast(null as varchar) as original_order_id,
    case when n % 20 = 0 then 'cancelled' when n % 11 = 0 then 'refunded' else 'completed' end as order_status,
    case when n % 4 = 0 then 'store_1' end as store_id, born_at + interval 4 day as ordered_at,
    case when n % 20 > 0 then born_at + interval 4 day end as paid_at,
    cast(born_at + interval 4 day + interval 8 hour as date) as order_date, cast(1 + n % 3 as bigint) as item_count,
    cast(100 + n % 300 as decimal(18, 4)) as gross_revenue,
    cast(case when n % 20 > 0 and n % 11 = 0 then 50 else 0 end as decimal(18, 4)) as refunded_revenue,
    cast(case when n % 20 > 0 then gross_revenue - refunded_revenue else 0 end as decimal(18, 4)) as net_revenue, 'CNY' as currency
from person where n % 10 < 6
union all
select
    md5('return' || n), 'pos_receipts', 'R' || n, customer_id, 'return',
    case when n % 10 < 6 and n % 20 > 0 then md5('order' || n) end, 'completed', 'store_1', born_at + interval 6 day,
    born_at + interval 6 day, cast(born_at + interval 6 day + interval 8 hour as date), -1,
    0, 80, -80, 'CNY'
from person where n % 25 = 3;

-- what stayed paid of each sale, returns that name it taken off
create or replace temp table kept as
select orders.*, cast(net_revenue - coalesce(returned, 0) as double) as worth
from marts.orders left join (
    select original_order_id as order_id, sum(refunded_revenue) as returned from marts.orders group by all
) using (order_id)
where order_kind = 'sale' and order_status <> 'cancelled' and paid_at is not null;

create or replace table marts.customer_identifiers as
select
    md5('identifier' || n || kind) as identifier_id, customer_id, kind as identifier_type, '' as namespace,
    md5(kind || n) as identifier_value, born_at as first_seen_at, born_at + interval 5 day as last_seen_at,
    cast(3 as bigint) as event_count
from person, (values ('cookie_id'), ('phone')) kinds (kind) where kind = 'cookie_id' or is_identified;

create or replace table marts.customers as
select
    person.customer_id, born_at as first_seen_at, born_at + interval 5 day as last_seen_at,
    'douyin_ads' as first_channel, 'direct' as last_channel, is_identified,
    cast(1 + is_identified::int as bigint) as identifier_count, cast({events_each} as bigint) as event_count,
    cast(6 as bigint) as session_count, count(order_id) as order_count,
    cast(coalesce(sum(gross_revenue) filter (paid_at is not null), 0) as decimal(18, 4)) as gross_revenue,
    cast(coalesce(sum(refunded_revenue), 0) as decimal(18, 4)) as refunded_revenue,
    cast(coalesce(sum(net_revenue), 0) as decimal(18, 4)) as net_revenue, min(ordered_at) as first_order_at,
    max(ordered_at) as last_order_at, born_at as last_item_view_at,
    case when n % 3 = 0 then false end as can_sms, cast(null as boolean) as can_email
from person left join marts.orders using (customer_id) group by all;

create or replace table marts.customer_consents as
select
    customer_id, 'sms' as consent, can_sms as is_given, last_seen_at as stated_at,
    'sms_replies' as source, md5('reply' || customer_id) as evidence_id
from marts.customers where can_sms is not null;

create or replace table marts.recent_activities as
select
    customer_id, row_number() over (partition by customer_id order by occurred_at desc, event_id desc)
        as activity_number, event_id, occurred_at as last_at, event_type
from marts.events qualify activity_number <= 20;

create or replace table marts.customer_profiles as
select customer_id, is_identified, order_count, net_revenue from marts.customers;

create or replace table marts.customer_rfm as
select customer_id, order_count, net_revenue from marts.customers where order_count > 0;

create or replace table marts.customer_value as
select
    customer_id, cast(0.9 as double) as alive_probability, cast(0.5 as double) as expected_purchases,
    cast(90 as bigint) as horizon_days
from marts.customers where order_count > 0;

create or replace table marts.customer_scores as
select
    customer_id, 'purchase_intent' as score_name, cast(0.25 as double) as probability, 'B' as grade,
    'fit' as model_version
from marts.customers;

create or replace table marts.score_evaluations as
select
    'purchase_intent' as score_name, 'fit' as model_version, true as is_published, 'auc' as metric,
    contender, value
from (values ('model', cast(0.7 as double)), ('recency', 0.6), ('rfm', 0.65)) as aucs (contender, value);

create or replace table marts.customer_attributes as
select
    customer_id, attribute, attribute_value, true as is_defined, source, born_at as since_at,
    born_at as observed_at, case source when 'partner_feeds' then 'consent' end as legal_basis,
    case source when 'partner_feeds' then timestamp '2027-07-01' end as valid_until
from person, (values ('level', '金卡', 'loyalty'), ('industry', '美妆', 'partner_feeds'))
    told (attribute, attribute_value, source);

create or replace table marts.customer_tags as
select
    customer_id, 'intent' as tag, '意向' as tag_name, 'intent' as category, true as is_defined,
    'chat_sessions' as source, '高' as tag_value, born_at as since_at,
    cast(null as timestamp) as until_at, cast(1 as bigint) as times_given,
    cast(null as varchar) as legal_basis
from person;

create or replace table marts.ad_performance as
select
    md5('ad' || day || channel) as ad_performance_id, cast(date '2026-07-01' + cast(day as int) as date) as spend_date,
    'ocean_reports' as source, channel, 'account' as account_id, 'c' || day % 4 as campaign_id,
    '夏日焕肤' as campaign_name, 'a' || day as ad_id, cast(null as varchar) as creative_id, cast(1000 + day as bigint) as impressions,
    cast(40 + day as bigint) as clicks, cast(120 + day * 1.5 as decimal(18, 4)) as spend,
    cast(3 as bigint) as platform_conversions, timestamp '2026-11-01' as fetched_at
from range(90) days (day), channel_list where number < 3;

create or replace table marts.platform_reconciliation as
select
    channel, spend_date as performance_date, campaign_id, max(campaign_name) as campaign_name,
    sum(spend) as spend, cast(sum(clicks) as bigint) as platform_clicks, cast(30 as bigint) as monitored_clicks,
    cast(25 as bigint) as landings, cast(sum(platform_conversions) as double) as platform_conversions,
    cast(2 as double) as attributed_conversions, cast(200 as double) as attributed_revenue,
    cast(3 as bigint) as touched_conversions, cast(1 as bigint) as shared_conversions
from marts.ad_performance group by channel, spend_date, campaign_id;

create or replace temp table path as
select
    order_id, customer_id, ordered_at, worth, n, cast(1 + n % 4 as bigint) as path_length,
    position as touch_position, channel
from (select kept.*, n from kept join person using (customer_id))
cross join lateral unnest(range(1, 2 + n % 4)) positions (position)
join channel_list on number = (n + position) % 6 where n % 10 > 0;

create or replace table marts.touchpoint_credits as
with weighted as (
    select *, model, case model
        when 'first_touch' then (touch_position = 1)::double when 'linear' then 1.0
        when 'time_decay' then pow(2, touch_position - path_length)
        when 'position_based' then case when touch_position in (1, path_length) then 0.4 else 0.2 end
        else (touch_position = path_length)::double end as weight
    from path, (values ('first_touch'), ('last_touch'), ('last_non_direct'), ('linear'), ('time_decay'),
        ('position_based')) models (model)
)
select
    md5(order_id || model || touch_position) as credit_id, model as attribution_model, order_id as conversion_id,
    'purchase' as conversion_type, customer_id, ordered_at as converted_at,
    cast(ordered_at + interval 8 hour as date) as conversion_date, true as is_first_of_customer,
    md5(order_id || touch_position) as touchpoint_id, channel,
    'c1' as campaign_id, ordered_at - interval (path_length - touch_position + 1) day as touched_at, touch_position,
    path_length, weight / sum(weight) over whole as credit, weight / sum(weight) over whole as conversions,
    worth * weight / sum(weight) over whole as revenue
from weighted window whole as (partition by order_id, model)
union all
select
    md5(order_id || model), model, order_id, 'purchase', customer_id, ordered_at, cast(ordered_at + interval 8 hour as date),
    true, null, 'unattributed', null, null, null, 0, 1.0, 1.0, worth
from kept join person using (customer_id), (values ('first_touch'), ('last_touch'),
    ('last_non_direct'), ('linear'), ('time_decay'), ('position_based')) models (model)
where n % 10 = 0;

create or replace table marts.conversions as
select
    order_id as conversion_id, 'purchase' as conversion_type, customer_id, order_id, paid_at as converted_at,
    cast(paid_at + interval 8 hour as date) as conversion_date, worth as revenue,
    cast(1 as bigint) as conversion_number, cast(0 as bigint) as path_length, 'sms' as first_channel, 'sms' as last_channel,
    paid_at as first_touched_at, cast(0 as double) as days_to_convert
from kept;

create or replace table marts.conversion_postings as
select
    md5(conversion_id || kind) as posting_id, conversion_id, conversion_type, customer_id, conversion_date,
    kind as posting_kind, conversion_date + days as posting_date,
    cast(case kind when 'conversion' then gross_revenue else worth - gross_revenue end as decimal(18, 4)) as amount
from (select conversions.*, gross_revenue, worth from marts.conversions join kept using (order_id)), (values ('conversion', 0), ('refund', 3)) kinds (kind, days);

create or replace table marts.touchpoints as
select
    session_id as touchpoint_id, customer_id, 'session' as touchpoint_kind, 'session' as touchpoint_type, channel,
    'owned' as channel_group, campaign_id, cast(null as varchar) as ad_id, cast(null as varchar) as creative_id,
    cast(null as varchar) as content_id, cast(null as varchar) as store_id, cast(1 as double) as weight,
    started_at as touched_at, session_date as touch_date
from marts.sessions;

create or replace table marts.channel_performance as
with earned as (
    select attribution_model, conversion_type, channel, conversion_date as performance_date,
        sum(conversions) as conversions, sum(conversions) as new_customers, sum(revenue) as revenue from marts.touchpoint_credits group by all
), spent as (
    select attribution_model, 'purchase' as conversion_type, channel, spend_date as performance_date, sum(spend) as spend,
        sum(impressions) as impressions, sum(clicks) as clicks
    from marts.ad_performance, (select distinct attribution_model from marts.touchpoint_credits) group by all
)
select
    attribution_model, conversion_type, channel, performance_date,
    coalesce(conversions, 0) as conversions,
    coalesce(new_customers, 0) as new_customers,
    coalesce(revenue, 0) as revenue, coalesce(conversions, 0) as likely_conversions,
    coalesce(revenue, 0) as likely_revenue, cast(coalesce(spend, 0) as decimal(18, 4)) as spend,
    cast(coalesce(impressions, 0) as bigint) as impressions, cast(coalesce(clicks, 0) as bigint) as clicks,
    cast(spent.spend / nullif(conversions, 0) as double) as cost_per_conversion,
    cast(spent.spend / nullif(new_customers, 0) as double) as cost_per_new_customer,
    cast(revenue / nullif(spent.spend, 0) as double) as roas
from earned full join spent using (attribution_model, conversion_type, channel, performance_date);

create or replace table marts.attribution_intervals as
with summed as (
    select attribution_model, conversion_type, channel, sum(conversions) as conversions, sum(revenue) as revenue
    from marts.channel_performance group by all having sum(conversions) > 0
)
select
    attribution_model, conversion_type, channel, conversions, 0.1 as conversions_error,
    conversions - 0.2 as conversions_low, conversions + 0.2 as conversions_high, revenue, 1.0 as revenue_error,
    revenue - 2.0 as revenue_low, revenue + 2.0 as revenue_high, 0.1 as credit_share, 0.01 as credit_share_error,
    0.08 as credit_share_low, 0.12 as credit_share_high, cast(1 as bigint) as credit_rank,
    cast(null as varchar) as next_channel, true as is_ahead_of_next
from summed;

create or replace table marts.budget_suggestions as
select
    attribution_model, 'purchase' as conversion_type, 'sms' as channel,
    cast(3 as bigint) as week_count, 100.0 as weekly_spend, 5.0 as weekly_conversions, 0.5 as elasticity,
    0.4 as elasticity_error, cast(null as double) as cost_of_one_more, 50.0 as lowest_spend, 150.0 as highest_spend,
    cast(null as double) as suggested_spend, cast(null as double) as suggested_spend_low,
    cast(null as double) as suggested_spend_high, cast(null as double) as conversions_change,
    cast(null as double) as conversions_change_low, cast(null as double) as conversions_change_high,
    'curve_unknown' as finding
from (select distinct attribution_model from marts.touchpoint_credits);

create or replace table marts.model_evaluation as
select
    attribution_model, conversion_type, min(conversion_date) as held_out_from, max(conversion_date) as held_out_to,
    cast(count(distinct conversion_id) as double) as conversions, 10.0 as conversions_predicted, 0.2 as prediction_error,
    0.4 as average_day_error, true as is_better_than_average_day, 0.1 as credit_error, 0.5 as settled_share
from marts.touchpoint_credits group by all;

create or replace table marts.model_experiments as
select
    'sms_off' as experiment_id, attribution_model, 'sms' as channel, 'purchase' as conversion_type,
    date '2020-01-01' as starts_on, date '2030-01-01' as ends_on, 3.0 as incremental_conversions,
    1.0 as standard_error, coalesce(sum(conversions) filter (channel = 'sms'), 0) as conversions_credited,
    0.5 as calibration_factor, false as is_within_error
from marts.channel_performance group by all;
create or replace table marts.campaign_performance as
select
    attribution_model, conversion_type, performance_date, channel, 'c1' as campaign_id, cast(null as varchar) as ad_id,
    cast(null as varchar) as creative_id, cast(null as varchar) as content_id,
    cast(null as varchar) as campaign_name, conversions, new_customers, revenue, cast(0 as decimal(18, 4)) as spend,
    cast(0 as bigint) as impressions, cast(0 as bigint) as clicks, cast(0 as double) as cost_per_conversion,
    cast(0 as double) as cost_per_new_customer, cast(null as double) as roas
from marts.channel_performance where conversions > 0
union all
select
    attribution_model, 'purchase', spend_date, channel, campaign_id, ad_id, creative_id, null, campaign_name,
    0, 0, 0, spend, impressions, clicks, null, null, 0
from marts.ad_performance, (select distinct attribution_model from marts.touchpoint_credits);

create or replace table marts.campaign_audit as
with billed as (
    select channel, campaign_id, any_value(campaign_name) as campaign_name, sum(spend) as spend,
        max(spend_date) as last_spend_date, sum(clicks) as clicks
    from marts.ad_performance group by channel, campaign_id
), seen as (
    select channel, campaign_id, count(*) as touchpoint_count, max(touch_date) as last_landing_date
    from marts.touchpoints group by channel, campaign_id
)
select
    channel, spend is not null as is_paid, campaign_id, campaign_name,
    cast(0 as bigint) as name_campaign_count, cast(coalesce(spend, 0) as decimal(18, 4)) as spend, last_spend_date,
    cast(coalesce(clicks, 0) as bigint) as platform_clicks, cast(0 as bigint) as monitored_clicks,
    coalesce(touchpoint_count, 0) as landings, last_landing_date, cast(null as double) as landing_ratio,
    coalesce(touchpoint_count, 0) as touchpoint_count, cast(0 as bigint) as identified_touchpoint_count,
    cast(null as double) as identified_share, 'ok' as finding
from billed full join seen using (channel, campaign_id);

create or replace table marts.ad_performance_versions as
with versions as (
    select unnest([1, 2]) as version_number, * from marts.ad_performance
)
select
    ad_performance_id, cast(version_number as bigint) as version_number, spend_date, source, channel, account_id,
    campaign_id, campaign_name, ad_id, creative_id, impressions, clicks,
    case version_number when 1 then cast(spend * 0.9 as decimal(18, 4)) else spend end as spend, platform_conversions,
    spend_date + cast(version_number as int) as valid_from,
    case version_number when 1 then spend_date + 2 end as valid_to
from versions;

create or replace table marts.customer_cohorts as
select
    'sms' as channel, 'owned' as channel_group, false as is_referred,
    cast(date_trunc('month', conversion_date) as date) as cohort_month, cast(0 as bigint) as months_since,
    count(*) as customer_count, count(*) as buyer_count, cast(0 as bigint) as repeat_customer_count,
    count(*) as order_count, cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(revenue) as decimal(18, 4)) as cumulative_revenue, cast(0 as double) as repurchase_rate,
    avg(revenue) as revenue_per_customer, cast(null as double) as cost_per_new_customer,
    cast(null as double) as payback_ratio
from marts.conversions group by cohort_month;

create or replace table marts.journey_paths as
with journey as (
    select order_id, string_agg(channel, ' > ' order by touch_position) as path, any_value(path_length) as path_length,
        any_value(worth) as revenue from path group by order_id
)
select
    md5(path) as path_id, 'purchase' as conversion_type, path, any_value(path_length) as path_length,
    cast(count(*) * 4 as double) as journeys, cast(count(*) as double) as conversions,
    cast(0.25 as double) as conversion_rate, cast(sum(revenue) as double) as revenue,
    cast(count(*) * 3 as double) as non_conversions
from journey group by path;

create or replace table marts.channel_removal_effects as
with walked as (
    select channel, conversions, count(*) over () as channel_count
    from channel_list cross join (select sum(conversions) as conversions from marts.journey_paths)
)
select
    'markov_1' as attribution_model, 'purchase' as conversion_type, cast(1 as bigint) as markov_order,
    'channel' as level, channel as unit, channel,
    cast(0.5 as double) as removal_effect, cast(null as double) as removal_effect_error,
    cast(null as double) as removal_effect_low, cast(null as double) as removal_effect_high,
    cast(1 as double) / channel_count as share_of_effect,
    conversions / channel_count as conversions
from walked;

create or replace table marts.channel_shapley_values as
select
    conversion_type, channel, count(*) over () as channel_count,
    (select sum(conversions) / sum(conversions + non_conversions) from marts.journey_paths) * share_of_effect
        as shapley_value,
    cast(null as double) as shapley_value_error, cast(null as double) as sampling_error,
    cast(null as double) as shapley_value_low, cast(null as double) as shapley_value_high
from marts.channel_removal_effects;

create or replace table marts.channel_effects as
select 'purchase' as conversion_type, channel, cast(10 as bigint) as conversions, 10 * share as effect_conversions
from (values ('sms', cast(0.25 as double)), ('baseline', 0.75)) as shares (channel, share);

create or replace table marts.order_items as
select
    md5(order_id) as order_item_id, order_id, customer_id, source, 'A' as item_id, order_kind, order_date,
    item_count as quantity, gross_revenue, refunded_revenue, net_revenue
from marts.orders;

create or replace table marts.referrals as
select
    customer_id, min(customer_id) over () as sharer_customer_id, 'wechat_share' as channel,
    cast(null as varchar) as share_code, first_seen_at as first_arrived_at, cast(1 as bigint) as arrival_count,
    true as is_new_customer, cast(order_count as bigint) as order_count, net_revenue
from marts.customers qualify customer_id <> sharer_customer_id;

create or replace table marts.account_contacts as
select
    'crm:A' || n % 5 as account_id, customer_id, 'crm' as connected_by, cast(null as varchar) as email_domain,
    born_at as connected_at, true as is_primary, '采购总监' as job_title, 'director' as role,
    cast(3 as bigint) as seniority, 'procurement' as department, cast(0.75 as decimal(5, 4)) as role_score,
    cast(0 as decimal(5, 4)) as behaviour_score, cast(0.525 as decimal(5, 4)) as decision_maker_score,
    n % 4 = 0 as is_decision_maker, 'director; no signal' as score_reasons
from person where n % 6 = 0;

create or replace table marts.accounts as
select
    account_id, 'crm' as account_source, substr(account_id, 5) as crm_account_id,
    cast(null as varchar) as email_domains, '湘江贸易' as account_name, '零售' as industry,
    count(*) as contact_count, count(*) filter (is_decision_maker) as decision_maker_count,
    min(connected_at) as first_activity_at, max(connected_at) as last_activity_at,
    cast(1 as bigint) as open_opportunity_count, cast(100 as decimal(18, 4)) as open_opportunity_value,
    cast(0 as bigint) as won_opportunity_count, cast(0 as decimal(18, 4)) as won_opportunity_value,
    cast(0 as bigint) as contract_count, cast(0 as decimal(18, 4)) as contract_value
from marts.account_contacts group by account_id;

create or replace table marts.segment_members as
select
    'recent_buyers' as segment, '近期购买' as segment_name, 'thank' as action, customer_id,
    last_order_at as entered_at, cast(null as timestamp) as left_at,
    last_order_at + interval 30 day as expected_until, '1 × purchase in 30 days' as reason
from marts.customers where order_count > 0;

create or replace table marts.load_accounting as
select
    'load-' || day as load_id, 'sensors' as source, 'sensors/' || day as file, cast(110 as bigint) as rows_read,
    cast(100 as bigint) as rows_landed, cast(9 as bigint) as rows_duplicate, cast(1 as bigint) as rows_quarantined
from range(90) days (day);

create or replace table marts.unmapped_events as
select 'sensors' as source, '活动大转盘' as raw_event, count(*) as event_count
from marts.events where event_type is null having count(*) > 0;

create or replace table marts.customer_identifier_history as
select
    identifier_id, cast(1 as bigint) as change_number, customer_id, first_seen_at as valid_from, cast(null as timestamp) as valid_to, true as is_current,
    'new' as change_type, cast(null as varchar) as previous_customer_id, cast(null as varchar) as caused_by_link_id,
    cast(null as varchar) as caused_by_rule, first_seen_at as changed_at
from marts.customer_identifiers;

create or replace table marts.identifier_links as
select
    strong.identifier_id || ' ' || weak.identifier_id as link_id, strong.identifier_id,
    weak.identifier_id as other_identifier_id, strong.identifier_type, weak.identifier_type as other_identifier_type,
    strong.customer_id, weak.customer_id as other_customer_id, true as is_trusted, cast(null as varchar) as rejected_by,
    cast(1 as bigint) as observation_count, 'sensors' as sources, strong.first_seen_at, strong.last_seen_at
from marts.customer_identifiers strong
join marts.customer_identifiers weak on strong.customer_id = weak.customer_id and strong.identifier_id < weak.identifier_id;

create or replace table marts.customer_changes as
select
    customer_id as previous_customer_id, md5(customer_id) as customer_id, 'merge' as change_type,
    first_seen_at as changed_at, cast(1 as bigint) as identifier_count, cast(null as varchar) as caused_by_link_id,
    cast(null as varchar) as caused_by_rule
from marts.customers where false;

create or replace table marts.identity_health as
select 'largest_customer' as figure, 'identifiers' as figure_of, cast(max(identifier_count) as double) as figure_value
from marts.customers;

create or replace table marts.customer_matches as
select
    customer_id, (select max(customer_id) from marts.customers) as likely_customer_id,
    cast(0.9 as double) as probability, 'device' as match_method, 'system rare, the same' as evidence
from marts.customers order by customer_id limit 2;

create or replace table marts.match_calibration as
select
    n as tenth, cast(n / 10.0 as double) as probability_from, cast(40 as bigint) as pair_count,
    cast(n / 10.0 + 0.05 as double) as predicted_share, cast(n / 10.0 + 0.04 as double) as observed_share
from range(10) tenths (n);

create or replace table marts.journey_funnel as
select
    '(all)' as entry_channel, 'interest' as funnel_stage, cast(2 as bigint) as stage_number, count(*) as customers_reached,
    count(*) as customers_seen, count(*) filter (order_count > 0) as customers_went_on, cast(0 as bigint) as customers_converted,
    count(*) filter (order_count = 0) as customers_broken_off, cast(0 as bigint) as customers_open
from marts.customers;

create or replace table marts.journey_break_points as
select
    'direct' as channel, 'browse' as event_type, '/cart' as page, customers_reached as customers_passed, customers_broken_off
from marts.journey_funnel;

create or replace table marts.channel_flow as
select
    conversion_type, cast(1 as bigint) as step, split_part(path, ' > ', -1) as from_channel, ending as to_channel,
    sum(case ending when '(null)' then non_conversions else conversions end) as journeys,
    sum(case ending when '(null)' then 0 else conversions end) as conversions
from marts.journey_paths, (values ('(conversion)'), ('(null)')) endings (ending) group by all;

create or replace table marts.channel_combinations as
select
    conversion_type, combination, sum(journeys) as journeys, sum(conversions) as conversions,
    sum(conversions) / sum(journeys) as base_rate, cast(1 as double) as lift
from marts.journey_paths, (values ('direct'), ('direct + sms')) combinations (combination) group by all;

create or replace table marts.channel_sequences as
select
    conversion_type, sequence, 'direct + sms' as combination, journeys / 2 as journeys, conversions / 2 as conversions,
    journeys as combination_journeys, cast(1 as double) as order_lift
from marts.channel_combinations, (values ('direct > sms'), ('sms > direct')) sequences (sequence)
where combination = 'direct + sms';

create or replace table marts.conversion_times as
select
    conversion_type, channel as first_channel, count(*) as conversions, cast(3 as double) as days_median
from marts.touchpoint_credits where attribution_model = 'first_touch' and credit > 0 group by all;

create or replace table marts.online_to_offline as
select
    'purchase' as event_type, store_id, '(none)' as first_online_channel, count(*) as acts,
    cast(sum(net_revenue) as decimal(18, 4)) as net_revenue
from marts.orders where store_id is not null and order_kind = 'sale' and order_status <> 'cancelled' group by store_id;

create or replace table marts.activity_by_hour as
select
    isodow(occurred_at) as weekday, hour(occurred_at) as hour_of_day, channel, false as is_decision_maker, count(*) as events
from marts.events where exclusion_reason is null group by all;

create or replace table marts.key_behaviours as
select
    'purchase' as conversion_type, 'favorite' as event_type, 'once' as depth,
    count(*) filter (is_identified) as customers_with, count(*) filter (not is_identified) as customers_without
from marts.customers;

create or replace table marts.nurture_cycle as
select
    '(all)' as first_channel, 'lead_created' as event_type, cast(1 as bigint) as step_number, count(*) as customers,
    cast(0 as double) as days_since_lead_median
from marts.customers where is_identified;

create or replace table marts.message_performance as
select
    'sms' as channel, 'c1' as campaign_id, '夏日焕肤券' as content, cast(50 as bigint) as sent, cast(48 as bigint) as delivered,
    cast(40 as bigint) as people_reached, cast(0 as bigint) as openers, cast(9 as bigint) as clickers, cast(1 as bigint) as opted_out,
    cast(0 as bigint) as buyers, cast(0 as bigint) as orders;

create or replace table marts.banner_performance as
select
    '首页-七夕' as banner, '/' as page, cast(12 as bigint) as clicks, cast(10 as bigint) as sessions, cast(4 as bigint) as cart_sessions,
    cast(1 as bigint) as order_sessions;

create or replace table marts.form_performance as
select
    '试用' as form, '/f' as page, cast(9 as bigint) as viewing_visits, cast(5 as bigint) as submitting_visits,
    cast(4 as bigint) as completed_visits;

create or replace table marts.creative_performance as
select 'purchase' as conversion_type, channel, 'cr1' as creative_id, sum(spend) as spend from marts.ad_performance group by channel;

create or replace table marts.coupon_performance as
select
    'c1' as campaign_id, 'b1' as coupon_batch_id, cast(20 as bigint) as coupons, cast(20 as bigint) as issued, cast(8 as bigint) as claimed,
    cast(3 as bigint) as redeemed, cast(2 as bigint) as orders;

create or replace table marts.experiment_readouts as
select
    'x' as experiment_id, 'buyers' as metric, variant, false as is_final, cast(0.4 as double) as sample_ratio_p,
    cast(null as double) as p_value, cast(null as double) as difference_from
from (values ('a'), ('b')) as variants (variant);

create or replace table marts.lead_followups as
select
    md5('lead' || n) as lead_id, customer_id, born_at as captured_at, born_at + interval 5 minute as first_response_at,
    born_at + interval 1 day as mql_at, born_at + interval 2 day as sql_at, born_at + interval 3 day as opportunity_at,
    case when n % 2 = 0 then born_at + interval 4 day end as contract_at
from person where n % 9 = 0;

create or replace table marts.lead_funnel as
select
    date '2026-07-01' as captured_month, 'sms' as channel, 's1' as staff_id, count(*) as leads, count(mql_at) as mqls, count(sql_at) as sqls,
    count(opportunity_at) as opportunities, count(contract_at) as contracts
from marts.lead_followups;

create or replace table marts.kpi_progress as
select
    'revenue' as kpi, '(all)' as channel, date '2026-07-01' as starts_on, cast(92 as bigint) as days, cast(40 as bigint) as days_elapsed;
