-- An event would become two: its name has a line for any discriminator and one for its own.
select
    any_discriminator.source,
    any_discriminator.raw_event
from {{ ref('event_name_map') }} as any_discriminator
inner join {{ ref('event_name_map') }} as one_discriminator
    on
        any_discriminator.source = one_discriminator.source
        and any_discriminator.raw_event = one_discriminator.raw_event
where
    any_discriminator.raw_discriminator is null
    and one_discriminator.raw_discriminator is not null
