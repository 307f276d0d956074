"""Raw channel files in, the raw schema of the warehouse out (dlt)."""
