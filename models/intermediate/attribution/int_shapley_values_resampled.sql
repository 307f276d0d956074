-- One row per conversion type, channel and group of customers left out: its Shapley value of
-- conversion rates by the drawn orders if the others were all there are.
with resampled as (

    select
        conversion_type,
        channel,
        sample_group,
        cast(sum(cast(gain as decimal(38, 20))) as double) / count(*) as shapley_value
    from {{ ref('int_channel_gains_drawn') }}
    where sample_group is not null
    group by conversion_type, channel, sample_group

)

select * from resampled
