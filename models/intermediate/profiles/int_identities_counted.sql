-- One row per customer: by how many identifiers, of what kinds, and how many sources it is known.
{{ identities_counted() }}
