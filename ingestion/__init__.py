"""Raw channel files in, the raw schema of the warehouse out (dlt)."""


class ToldError(Exception):
    """What a command cannot do; its message is all that a person needs: what, where, the remedy."""
