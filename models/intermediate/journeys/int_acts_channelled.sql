-- One row per event that says how far somebody is, with the channel of the visit it belongs to.
{{ acts_channelled() }}
