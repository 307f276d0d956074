"""The ASGI application: limits, consent, the durable line, the answer, the counts."""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ingestion.collector.journal import Journal, NotWrittenError
from ingestion.collector.limits import Buckets
from ingestion.collector.metrics import Metrics
from ingestion.collector.privacy import Privacy, truncated
from ingestion.collector.protocols import endpoints
from ingestion.collector.requests import Context, Endpoint, Reading, Received, RefusedError
from ingestion.collector.settings import Settings, read_settings
from ingestion.files import MAX_LINE_BYTES
from ingestion.gateway import OverLimitError, query_of, unzipped
from ingestion.pseudonyms import configured_pseudonymiser
from ingestion.records import ENCODED, UNFORESEEN, BadRecordError, excerpt
from ingestion.warehouse import Warehouse

METRICS_FOLDER = "OMNITOUCH_COLLECTOR_METRICS"
METRICS_SECONDS = 1.0
logger = logging.getLogger("omnitouch.collector")


def create_app() -> Starlette:
    """The application of one worker process, for the warehouse in the environment.

    Raises:
        SettingsError: the settings cannot be followed.
    """
    warehouse = Warehouse.from_environment()
    folder = os.environ.get(METRICS_FOLDER)
    metrics = Metrics(Path(folder) if folder else None)
    return Collector(warehouse, read_settings(warehouse), metrics).application()


class Collector:
    """What the requests of one worker share."""

    def __init__(self, warehouse: Warehouse, settings: Settings, metrics: Metrics) -> None:
        """Write below the warehouse's landing folder.

        Raises:
            SettingsError: a protocol lacks a secret or a table.
        """
        self.settings = settings
        self.metrics = metrics
        self.privacy = Privacy(configured_pseudonymiser(), settings.consent)
        self.journal = Journal(warehouse.landing, settings.journal, metrics.observe_fsync)
        self.endpoints = endpoints(Context(settings, self.privacy))
        self._per_ip = Buckets(settings.limits.per_ip)
        self._per_key = Buckets(settings.limits.per_key)

    def application(self) -> Starlette:
        """All addresses behind CORS: SDKs send from the brand's pages, with cookies."""
        cors = Middleware(
            CORSMiddleware,
            allow_origins=[origin for origin in self.settings.origins if origin != "*"],
            allow_origin_regex=".*" if "*" in self.settings.origins else None,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            allow_credentials=True,
            max_age=86400,
        )
        routes = [
            Route(endpoint.path, self._answering(endpoint), methods=list(endpoint.methods))
            for endpoint in self.endpoints
        ]
        routes += [Route("/health", self._health), Route("/metrics", self._metrics)]
        return Starlette(routes=routes, middleware=[cors], lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        rescued = await self.journal.open()
        if rescued:
            self.metrics.add("rescued_files_total", len(rescued))
            logger.warning("%s files of a killed process were rescued", len(rescued))
        publishing = asyncio.create_task(self._publish_metrics())
        yield
        publishing.cancel()
        await self.journal.close()

    async def _publish_metrics(self) -> None:
        while True:
            with suppress(OSError):  # a full disk is told by /health, and asked again in a second
                self.metrics.publish(self.journal.queued_bytes)
            await asyncio.sleep(METRICS_SECONDS)

    def _answering(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """The handler of one address: whatever happens, one count and one answer."""

        async def answer(request: Request) -> Response:
            outcome, response = "accepted", Response(status_code=500)
            try:
                outcome, response = await self._take(endpoint, request)
            except RefusedError as error:
                outcome, response = error.reason, Response(status_code=error.status)
            except ClientDisconnect:
                outcome = "disconnected"
            except Exception as error:
                # Its message may hold what was sent.
                logger.error("%s: %s while answering", endpoint.protocol, type(error).__name__)
                outcome = "internal_error"
            self.metrics.add("requests_total", protocol=endpoint.protocol, outcome=outcome)
            return response

        return answer

    async def _take(self, endpoint: Endpoint, request: Request) -> tuple[str, Response]:
        """Read one request and land it; what became of it, and the answer."""
        # A plain dictionary: Starlette's would look through all headers for each.
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in request.headers.raw
        }
        address = request.client.host if request.client else ""
        if wait := self._per_ip.wait(address):
            return "rate_limited_ip", _come_again(wait)
        body = await self._body(request, headers)
        query = request.scope["query_string"].decode(errors="replace")
        parameters = query_of(query)
        cookies = request.cookies if "cookie" in headers else {}
        received = Received(
            method=request.method,
            base_url=f"{request.scope['scheme']}://{headers.get('host', '')}",
            path=request.scope["path"],
            query=query,
            parameters=parameters,
            headers=headers,
            body=body,
            names=request.path_params,
            denial=self.privacy.consent.denial(headers, cookies, parameters),
        )
        reading = self._read(endpoint, received)
        if isinstance(reading, Response):
            return "answered", reading
        if reading.key and (wait := self._per_key.wait(reading.key)):
            return "rate_limited_key", _come_again(wait)
        if received.denial:
            self.metrics.add("denied_total", reading.records + reading.denied, by=received.denial)
            return "denied", reading.answer
        if reading.denied:
            self.metrics.add("denied_total", reading.denied, by="property")
        if not reading.records:
            return "denied" if reading.denied else "empty", reading.answer
        line = self._line(received, reading, address)
        try:
            await self.journal.append(endpoint.source, line)
        except NotWrittenError as error:
            if reading.answer_if_lost:
                return "not_written", reading.answer_if_lost
            raise RefusedError(503, "not_written") from error
        self.metrics.add("written_bytes_total", len(line))
        self.metrics.add("records_total", reading.records, source=endpoint.source)
        return "flawed" if reading.flaw else "accepted", reading.answer

    async def _body(self, request: Request, headers: Mapping[str, str]) -> bytes:
        """The body without its Content-Encoding, within the limits."""
        limits = self.settings.limits
        if int(headers.get("content-length") or 0) > limits.body_bytes:
            raise RefusedError(413, "too_large")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > limits.body_bytes:
                raise RefusedError(413, "too_large")
        self.metrics.add("received_bytes_total", len(body))
        if headers.get("content-encoding", "").lower() != "gzip":
            return bytes(body)
        try:
            return unzipped(bytes(body), limits.unzipped_bytes)
        except OverLimitError as error:
            raise RefusedError(413, "too_large") from error
        except BadRecordError as error:
            raise RefusedError(400, "bad_encoding") from error

    def _read(self, endpoint: Endpoint, received: Received) -> Reading | Response:
        """What the protocol makes of it; what it cannot read is kept for the quarantine."""
        try:
            return endpoint.read(received)
        except OverLimitError as error:
            raise RefusedError(413, "too_large") from error
        except BadRecordError as error:
            flaw = error
        except UNFORESEEN as error:
            flaw = BadRecordError.unforeseen(error)
        # Base64 would carry a phone past every look at the text.
        start = ENCODED.sub("…", excerpt(received.body or received.query))
        body = self.privacy.pseudonymiser.scrub(start)
        return Reading(answer=endpoint.accepted(), body=body, flaw=flaw)

    def _line(self, received: Received, reading: Reading, address: str) -> bytes:
        scrub = self.privacy.scrub
        line = {
            "received_at": datetime.now(UTC).isoformat(),
            "method": received.method,
            "path": scrub(received.path),
            "query": reading.query,
            "ip": truncated(address) if self.settings.truncate_ip else address,
            "user_agent": scrub(received.headers.get("user-agent", "")),
            "body": reading.body,
        }
        if reading.flaw:
            line["flaw"] = {"reason": scrub(reading.flaw.reason), "remedy": reading.flaw.remedy}
        text = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
        if len(text) >= MAX_LINE_BYTES:
            raise RefusedError(413, "too_large")
        return text

    async def _health(self, _: Request) -> Response:
        failure = self.journal.failure
        state = {"status": failure or "ok", "queue_bytes": self.journal.queued_bytes}
        return JSONResponse(state, 503 if failure else 200)

    async def _metrics(self, _: Request) -> Response:
        self.metrics.publish(self.journal.queued_bytes)
        return PlainTextResponse(self.metrics.render(), media_type="text/plain; version=0.0.4")


def _come_again(seconds: float) -> Response:
    return Response(status_code=429, headers={"Retry-After": str(math.ceil(seconds))})
