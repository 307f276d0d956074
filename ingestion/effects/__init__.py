"""What channels change: a hazard of converting, day by day, that touches add to.

An estimate of effect, apart from the ledger of credits, which shares out what happened. Both only
observe: who is about to buy anyway, and is touched for that, misleads either.
"""

from __future__ import annotations

from ingestion import ToldError


class EffectsError(ToldError):
    """Nothing can be fitted; the message says why and what to do."""
