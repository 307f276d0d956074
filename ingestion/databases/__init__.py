"""Tables of a SQL database as a source: rows become landed files, and those load like others."""

from ingestion import ToldError


class TableError(ToldError):
    """A database or table that cannot be read; the message says which and what helps."""
