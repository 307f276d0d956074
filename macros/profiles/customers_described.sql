{# The query of int_customers_described. #}
{% macro customers_described() -%}
{% set attributes = [
    'gender', 'birth_year', 'birthday', 'province', 'city', 'level', 'points', 'member_since',
    'company', 'job_title', 'industry',
] %}
{% set consents = ['sms', 'email', 'wechat', 'wecom', 'marketing'] %}

with attributes as (

    select
        customer_id,
        {{ pivoted('attribute', 'attribute_value', attributes) }}
    from {{ ref('customer_attributes') }}
    where valid_until is null and {{ is_touched('customer_id', 'int_customers_touched') }}
    group by customer_id

),

consents as (

    select
        customer_id,
        {{ pivoted('consent', 'is_given', consents) }}
    from {{ ref('customer_consents') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}
    group by customer_id

),

-- two sources can give one tag
tags_held as (

    select distinct
        customer_id,
        tag,
        tag_name
    from {{ ref('customer_tags') }}
    where until_at is null and {{ is_touched('customer_id', 'int_customers_touched') }}

),

tags as (

    select
        customer_id,
        {{ join_words('tag_name', ', ', 'tag') }} as tags
    from tags_held
    group by customer_id

),

described as (

    select
        coalesce(attributes.customer_id, consents.customer_id, tags.customer_id) as customer_id,
        attributes.gender,
        {{ whole_number("coalesce(attributes.birth_year, substr(attributes.birthday, 1, 4))") }}
            as birth_year,
        attributes.province,
        attributes.city,
        attributes.level as member_level,
        {{ whole_number('attributes.points') }} as points,
        -- what no engine reads otherwise than another
        case
            when {{ matches("attributes.member_since", "'^[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}'") }}
                then try_cast(replace(substr(attributes.member_since, 1, 10), '/', '-') as date)
        end as member_since,
        attributes.company,
        attributes.job_title,
        attributes.industry,
        tags.tags,
        consents.sms as can_sms,
        consents.email as can_email,
        consents.wechat as is_follower,
        consents.wecom as is_wecom_contact,
        consents.marketing as has_marketing_consent
    from attributes
    full join consents
        on attributes.customer_id = consents.customer_id
    full join tags
        on coalesce(attributes.customer_id, consents.customer_id) = tags.customer_id

)

select * from described
{%- endmacro %}
