"""Tables of a SQL database as a source: rows become landed files, and those load like others."""


class TableError(RuntimeError):
    """A database or table that cannot be read; the message says which and what helps."""
