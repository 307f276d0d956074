-- One row per act of a customer that a segment may look at: an event, a sale once it is paid, or a
-- return at a till.
{{ segment_acts() }}
