-- One row per customer who bought or looked at an item: the item, category and brand that they kept
-- the most pieces of, or else looked at most.
{{ items_preferred() }}
