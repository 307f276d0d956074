{#
    How often Student's t of so many degrees of freedom, whole or not, 3 or more, is at least so far
    from 0, on either side: to 1e-10 of 1. With t = sqrt(degrees) tan(angle), what lies between is an
    integral of cos(angle) to the power of degrees - 1, here by the 48 points of Gauss and Legendre;
    ln cos(angle) = -2 atanh(tan(angle / 2)^2), which keeps its figures where the cosine is near 1.
    Beyond the cut of t nothing is left at 1e-15. Continued fractions would take more steps the more
    people there are.
#}
{% macro student_p(t, degrees) -%}
    {%- set points = [
        (0.03238017096286937, 0.06473769681268365),
        (0.0970046992094627, 0.06446616443594982),
        (0.1612223560688917, 0.06392423858464787),
        (0.22476379039468905, 0.06311419228625373),
        (0.28736248735545555, 0.06203942315989242),
        (0.3487558862921607, 0.0607044391658936),
        (0.4086864819907167, 0.059114839698395344),
        (0.4669029047509584, 0.057277292100402916),
        (0.523160974722233, 0.05519950369998403),
        (0.5772247260839727, 0.05289018948519344),
        (0.6288673967765136, 0.0503590355538542),
        (0.6778723796326639, 0.04761665849249024),
        (0.7240341309238146, 0.04467456085669423),
        (0.7671590325157404, 0.04154508294346455),
        (0.8070662040294426, 0.0382413510658305),
        (0.8435882616243935, 0.034777222564770394),
        (0.8765720202742479, 0.031167227832798097),
        (0.9058791367155696, 0.027426509708357034),
        (0.9313866907065543, 0.023570760839324047),
        (0.9529877031604308, 0.019616160457356056),
        (0.9705915925462473, 0.015579315722943226),
        (0.9841245837228269, 0.011477234579234614),
        (0.9935301722663508, 0.007327553901276135),
        (0.9987710072524261, 0.0031533460523098414),
    ] -%}
    {%- set angle -%}
        atan(
            least(abs({{ t }}), 1.2e1 + 1e6 / ({{ degrees }} * {{ degrees }})) / sqrt({{ degrees }})
        )
    {%- endset -%}
    case when {{ t }} is not null and {{ degrees }} > 0 then greatest(0e0, 1e0 - 1.1283791670955125739e0 * {{ gamma_ratio(degrees ~ ' / 2e0') }}
    * {{ angle }} / 2e0 * (0e0
        {%- for place, weight in points %}
        + {{ '%.17e' % weight }} * (0e0
            {%- for half in ((1 + place) / 4, (1 - place) / 4) %}
            + exp(
                -2e0 * ({{ degrees }} - 1e0)
                * atanh(power(tan({{ angle }} * {{ '%.17e' % half }}), 2))
            )
            {%- endfor %}
        )
        {%- endfor %}
    )) end
{%- endmacro %}
