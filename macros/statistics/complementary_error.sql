{#
    erfc, to about 1e-15: W. J. Cody, "Rational Chebyshev approximations for the error function",
    Mathematics of Computation 23 (1969), 631-637, with the coefficients of his CALERF. Engines have
    none. Where x is large, erfc itself is kept, not 1 less something near 1: tails stay exact.
#}
{% macro complementary_error(x) -%}
    {%- set size = 'abs(' ~ x ~ ')' -%}
    {%- set square = '(' ~ x ~ ' * ' ~ x ~ ')' -%}
    {%- set near = [
        '1.85777706184603153e-1', '3.16112374387056560e0', '1.13864154151050156e2',
        '3.77485237685302021e2', '3.20937758913846947e3',
    ] -%}
    {%- set near_below = [
        '1e0', '2.36012909523441209e1', '2.44024637934444173e2', '1.28261652607737228e3',
        '2.84423683343917062e3',
    ] -%}
    {%- set middle = [
        '2.15311535474403846e-8', '5.64188496988670089e-1', '8.88314979438837594e0',
        '6.61191906371416295e1', '2.98635138197400131e2', '8.81952221241769090e2',
        '1.71204761263407058e3', '2.05107837782607147e3', '1.23033935479799725e3',
    ] -%}
    {%- set middle_below = [
        '1e0', '1.57449261107098347e1', '1.17693950891312499e2', '5.37181101862009858e2',
        '1.62138957456669019e3', '3.29079923573345963e3', '4.36261909014324716e3',
        '3.43936767414372164e3', '1.23033935480374942e3',
    ] -%}
    {%- set far = [
        '1.63153871373020978e-2', '3.05326634961232344e-1', '3.60344899949804439e-1',
        '1.25781726111229246e-1', '1.60837851487422766e-2', '6.58749161529837803e-4',
    ] -%}
    {%- set far_below = [
        '1e0', '2.56852019228982242e0', '1.87295284992346047e0', '5.27905102951428412e-1',
        '6.05183413124413191e-2', '2.33520497626869185e-3',
    ] -%}
    case
        when {{ size }} <= 4.6875e-1
            then 1e0 - {{ x }} * {{ polynomial(near, square) }} / {{ polynomial(near_below, square) }}
        else
            case when {{ x }} < 0 then 2e0 else 0e0 end
            + case when {{ x }} < 0 then -1e0 else 1e0 end * exp(-{{ square }})
            * case
                when {{ size }} <= 4e0
                    then {{ polynomial(middle, size) }} / {{ polynomial(middle_below, size) }}
                else (
                    5.6418958354775628695e-1
                    - {{ polynomial(far, '(1e0 / ' ~ square ~ ')') }}
                    / {{ polynomial(far_below, '(1e0 / ' ~ square ~ ')') }} / {{ square }}
                ) / {{ size }}
            end
    end
{%- endmacro %}
