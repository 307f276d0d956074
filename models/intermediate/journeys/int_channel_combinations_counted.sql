-- One row per conversion type and combination of one to three channels: journeys that hold them
-- all, whatever else they hold.
with members as (

    select
        conversion_type,
        channel_set,
        conversions,
        journeys,
        word as channel
    from {{ unnest_words(ref('int_channel_sets_counted'), 'channel_set', ' > ') }} as words

),

combined as (

    {% for size in [1, 2, 3] %}
        select
            ones.conversion_type,
            ones.channel as channel_1,
            {{ 'twos.channel' if size > 1 else 'cast(null as string)' }} as channel_2,
            {{ 'threes.channel' if size > 2 else 'cast(null as string)' }} as channel_3,
            {{ size }} as channel_count,
            ones.conversions,
            ones.journeys
        from members as ones
        {% if size > 1 %}
            inner join members as twos
                on
                    ones.conversion_type = twos.conversion_type
                    and ones.channel_set = twos.channel_set
                    and ones.channel < twos.channel
        {% endif %}
        {% if size > 2 %}
            inner join members as threes
                on
                    twos.conversion_type = threes.conversion_type
                    and twos.channel_set = threes.channel_set
                    and twos.channel < threes.channel
        {% endif %}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        conversion_type,
        channel_1,
        channel_2,
        channel_3,
        channel_count,
        sum(conversions) as conversions,
        sum(journeys) as journeys
    from combined
    group by conversion_type, channel_1, channel_2, channel_3, channel_count
    having sum(journeys) >= {{ var('pattern_min_journeys') }}

)

select * from counted
