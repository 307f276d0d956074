"""The collector: what SDKs and platforms send over HTTP lands, durably, for the loader."""
