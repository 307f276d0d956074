-- One row per customer 
{{ channels_preferred() }}
