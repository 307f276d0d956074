-- One row per customer who did anything of late: by how many channels, and how much, the latest
-- counting most.
with clock as (

    select as_of_date
    from {{ ref('int_score_dates') }}
    where snapshot_number = 0

),

-- of what reaches people, such as a message, nothing is their doing
active as (

    select
        days.customer_id,
        count(distinct days.channel) as breadth,
        sum(
            case
                when days.activity in ('interest', 'consideration', 'intent', 'loyalty')
                    then {{ decayed(
                        'days.act_count',
                        days_between('days.active_date', 'clock.as_of_date'),
                        var('activity_half_life_days')
                    ) }}
                else 0
            end
        ) as depth
    from {{ ref('int_customer_days') }} as days
    inner join clock
        on
            days.active_date <= clock.as_of_date
            and {{ days_between('days.active_date', 'clock.as_of_date') }}
            < {{ var('activity_window_days') }}
    group by days.customer_id

)

select * from active
