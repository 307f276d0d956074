-- One row per identifier and the customer it belongs to. A customer's id is given once: it stays
-- where the strongest, then the oldest of the customer's identifiers is, through merges and splits.
with standing as (

    select * from {{ ref('int_identifiers_grouped') }}

),

{% if is_incremental() %}
    before as (

        select
            identifier_id,
            component_id,
            customer_id
        from {{ this }}

    ),

    moved as (

        select
            standing.component_id,
            before.component_id as component_before
        from standing
        left join before
            on standing.identifier_id = before.identifier_id
        where standing.component_id is distinct from before.component_id

    ),

    -- where something moved to, and what it left behind
    concerned as (

        select component_id
        from moved
        union
        select standing.component_id
        from standing
        inner join before
            on standing.identifier_id = before.identifier_id
        where before.component_id in (select moved.component_before from moved)

    ),

    identifiers as (

        select
            standing.*,
            before.customer_id as customer_before
        from standing
        left join before
            on standing.identifier_id = before.identifier_id
        where standing.component_id in (select concerned.component_id from concerned)

    ),
{% else %}
    identifiers as (

        select
            *,
            cast(null as string) as customer_before
        from standing

    ),
{% endif %}

-- a customer's id goes with the strongest, then the oldest of its identifiers
claiming as (

    select
        *,
        row_number() over (
            partition by customer_before order by strength, first_seen_at, identifier_id
        ) as place_in_customer
    from identifiers

),

-- and of several that come together the one with the strongest, then the oldest such stays
ranked as (

    select
        *,
        row_number() over (
            partition by component_id
            order by
                case when customer_before is not null and place_in_customer = 1 then 0 else 1 end,
                strength,
                first_seen_at,
                identifier_id
        ) as claim_place,
        row_number() over (
            partition by component_id order by strength, first_seen_at, identifier_id
        ) as anchor_place
    from claiming

),

named as (

    select
        component_id,
        max(case when claim_place = 1 and place_in_customer = 1 then customer_before end)
            as customer_id,
        max(case when anchor_place = 1 then identifier_id end) as anchor_id
    from ranked
    group by component_id

),

newest as (

    select coalesce(max(load_seq), 0) as load_seq
    from {{ ref('int_identifier_sets_observed') }}

),

minted as (

    select
        named.component_id,
        named.customer_id,
        -- of a load, as an identifier that is split off must not mint the id that it minted before
        {{ hash_id("cast(named.anchor_id as string) || '|' || cast(newest.load_seq as string)") }}
            as new_id
    from named
    cross join newest

),

given as (

    select
        component_id,
        coalesce(customer_id, 'c' || lpad(cast(new_id as string), 19, '0')) as customer_id
    from minted

),

resolved as (

    select
        identifiers.identifier_id,
        identifiers.component_id,
        given.customer_id
    from identifiers
    inner join given
        on identifiers.component_id = given.component_id

)

select * from resolved
