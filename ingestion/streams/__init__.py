"""Kafka topics as a source: messages become landed files, and those load like any others."""

from ingestion import ToldError


class StreamError(ToldError):
    """Kafka cannot be read; the message says which broker or topic and what helps."""
