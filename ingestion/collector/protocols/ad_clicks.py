"""Click monitors 监测链接 of ad platforms: the only ad clicks that carry a person.

The platform calls the address that stands on the ad, with its macros replaced, for each click.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import partial

from starlette.responses import JSONResponse, Response

from ingestion.collector.requests import Context, Endpoint, Reading, Received, RefusedError
from ingestion.collector.settings import secret
from ingestion.gateway import query_of
from ingestion.sources.click_monitors import MONITORS


def endpoints(context: Context) -> list[Endpoint]:
    """One address a platform; Baidu's signature is checked where its key (akey) is set."""
    akey = secret("baidu.akey")
    return [
        Endpoint(
            f"{platform}_clicks",
            f"{platform}_clicks",
            ("GET",),
            f"/c/{platform}",
            partial(_read, context, platform, akey if platform == "baidu" else ""),
            _accepted,
        )
        for platform in MONITORS
    ]


def _accepted() -> Response:
    # Ocean Engine and Xiaohongshu look at code, Tencent at ret, Baidu at the status alone.
    return JSONResponse({"code": 0, "ret": 0, "msg": "success"})


def _read(context: Context, platform: str, akey: str, request: Received) -> Reading:
    query = request.query
    if akey:
        if not _is_signed(request, context.settings.public_url, akey):
            raise RefusedError(403, "bad_signature")
        # what stands behind the signature is not signed
        query = query.partition("&sign=")[0]
    click = query_of(query)
    monitor = MONITORS[platform]
    clean = context.privacy.clean_query(click, monitor.hashes(click), monitor.ids)
    return Reading(answer=_accepted(), query=clean, key=platform)


def _is_signed(request: Received, public_url: str, akey: str) -> bool:
    """Baidu's ``sign``: md5 of the whole address before it, and the key."""
    before, mark, sign = request.query.partition("&sign=")
    address = f"{public_url.rstrip('/') or request.base_url}{request.path}?{before}"
    expected = hashlib.md5(f"{address}{akey}".encode()).hexdigest()
    given = sign.partition("&")[0].lower().encode()
    return bool(mark) and hmac.compare_digest(given, expected.encode())
