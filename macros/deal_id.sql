{# Which opportunity or contract an event of the CRM is a version of; null where it is of neither. #}
{% macro deal_id() -%}
    case
        when source <> 'fxiaoke_crm' then null
        when raw_event in ('NewOpportunityObj', 'OpportunityObj')
            then {{ json_text('properties', 'opportunity_id') }}
        when raw_event = 'ContractObj' then {{ json_text('properties', 'contract_id') }}
    end
{%- endmacro %}
