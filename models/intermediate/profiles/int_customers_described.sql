-- One row per customer of whom something is known: attributes, consents and tags. What a partner
-- told, and for a time only, stays in customer_attributes and customer_tags: a row that only new
-- records touch would keep it after its end.
{{ customers_described() }}
