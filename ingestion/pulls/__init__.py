"""What can be pulled: one line a source, below which its recordings land."""

from __future__ import annotations

from ingestion.pulls import baidu, ocean, tencent, xiaohongshu
from ingestion.pulls.vendor import Vendor

VENDORS: dict[str, Vendor] = {
    "ocean_reports": ocean.REPORTS,
    "tencent_reports": tencent.REPORTS,
    "baidu_reports": baidu.REPORTS,
    "xiaohongshu_reports": xiaohongshu.REPORTS,
}
