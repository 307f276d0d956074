"""Aliyun SMS pushes 短信回执: delivery reports, and what people write back (SmsUp)."""

from __future__ import annotations

from functools import partial

from starlette.responses import JSONResponse, Response

from ingestion.collector.privacy import Cleaned
from ingestion.collector.requests import Context, Endpoint, Reading, Received

SOURCES = {"/sms/report": "sms_reports", "/sms/up": "sms_replies"}


def endpoints(context: Context) -> list[Endpoint]:
    """One address a kind of push; Aliyun sends again until it reads code 0."""
    return [
        Endpoint("aliyun_sms", source, ("POST",), path, partial(_read, context), _accepted)
        for path, source in SOURCES.items()
    ]


def _accepted() -> Response:
    return JSONResponse({"code": 0, "msg": "成功"})


def _read(context: Context, request: Received) -> Reading:
    cleaned: Cleaned = context.privacy.json(request.body)
    return Reading(
        answer=_accepted(),
        body=cleaned.body,
        records=cleaned.records,
        denied=cleaned.denied,
    )
