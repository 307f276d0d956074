{#
    What an app runs on, as a browser on the same device writes it between the brackets of its user
    agent: an app's own user agent tells its HTTP library. SQL texts of what the SDK tells.
#}
{% macro device_system(os, os_version, model) -%}
    case
        when {{ os }} = 'Android' then 'Linux; Android ' || {{ os_version }} || '; ' || {{ model }}
        when {{ os }} in ('iOS', 'iPadOS', 'iPhone OS') and {{ model }} like 'iPad%'
            then 'iPad; CPU OS ' || replace({{ os_version }}, '.', '_') || ' like Mac OS X'
        when {{ os }} in ('iOS', 'iPhone OS') and {{ model }} is not null
            then 'iPhone; CPU iPhone OS ' || replace({{ os_version }}, '.', '_') || ' like Mac OS X'
    end
{%- endmacro %}
