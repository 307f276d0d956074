-- One row per customer with a touchpoint: where it was first and last touched, and by which channel
-- and at which hour it comes most.
{{ channels_preferred() }}
