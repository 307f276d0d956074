"""Kafka topics as a source: messages become landed files, and those load like any others."""


class StreamError(RuntimeError):
    """Kafka cannot be read; the message says which broker or topic and what helps."""
