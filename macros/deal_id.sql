{# Which opportunity or contract an event of the CRM is a version of; null where it is of neither. #}
{% macro deal_id(event='') -%}
    {%- set of = event ~ '.' if event else '' -%}
    case
        when {{ of }}source <> 'fxiaoke_crm' then null
        when {{ of }}raw_event in ('NewOpportunityObj', 'OpportunityObj')
            then {{ json_text(of ~ 'properties', 'opportunity_id') }}
        when {{ of }}raw_event = 'ContractObj' then {{ json_text(of ~ 'properties', 'contract_id') }}
    end
{%- endmacro %}
