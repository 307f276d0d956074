"""What can be pulled: one line a source, below which its recordings land."""

from __future__ import annotations

from ingestion.pulls import ocean
from ingestion.pulls.vendor import Vendor

VENDORS: dict[str, Vendor] = {
    "ocean_reports": ocean.REPORTS,
}
