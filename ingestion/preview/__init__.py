"""What edited identity rules would merge and split, tried in a copy of the warehouse."""

from __future__ import annotations

from ingestion import ToldError


class PreviewError(ToldError):
    """Nothing can be previewed; the message says why and what to do."""
