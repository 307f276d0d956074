{% set channels = [
    'stg_declared__order_lines',
    'stg_doudian_aftersales__order_lines',
    'stg_doudian_orders__order_lines',
    'stg_jd_orders__order_lines',
    'stg_pos_receipts__order_lines',
    'stg_segment__order_lines',
    'stg_sensors__order_lines',
    'stg_taobao_trades__order_lines',
    'stg_youzan_trades__order_lines',
    'stg_youzan_trades__refund_lines',
] %}

-- One row per order line and version of it, of any channel. Rows are never changed: a later
-- version is appended, and int_order_lines_counted picks what counts.
with unioned as (

    {% for channel in channels %}
        select {{ order_line_columns() }} from {{ ref(channel) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

arrived as (

    select
        unioned.*,
        loads.load_seq
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

),

-- what the office, tests and bots buy is no order
customers_only as (

    select
        arrived.*,
        trim(arrived.identifiers) as identifier_set
    from arrived
    left join {{ ref('int_events_unioned') }} as events
        on
            arrived.order_line_version_id = events.event_id
            and events.exclusion_reason is not null
    where events.event_id is null

),

keyed as (

    select
        order_line_version_id,
        source,
        source_order_id,
        replace_group,
        version_group,
        version,
        identifier_set,
        {{ hash_id('identifier_set') }} as identifier_set_id,
        order_kind,
        {{ hash_id("source || ':' || original_source_order_id") }} as original_order_id,
        order_status,
        store_id,
        staff_id,
        creative_id,
        content_id,
        item_id,
        is_reported_by_event,
        quantity,
        gross_revenue,
        refunded_revenue,
        ordered_at,
        paid_at,
        refunded_at,
        cancelled_at,
        load_seq
    from customers_only

)

select * from keyed
