{# What scores are made of: features of the seed score_features, columns of customer_features. #}
{% macro score_features() -%}
    {{ return([
        'known_days', 'orders', 'order_recency', 'order_value', 'order_rhythm', 'paid_touches',
        'other_touches', 'messages', 'interest', 'consideration', 'intent', 'active_recency',
        'active_days', 'channels',
    ]) }}
{%- endmacro %}
