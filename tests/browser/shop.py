"""The shop's web server: its pages, its scripts, and the SDKs as npm brought them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
SDKS = {
    "/sdk/sensors.js": "sa-sdk-javascript/sensorsdata.min.js",
    "/sdk/snowplow.js": "@snowplow/browser-tracker/dist/index.umd.min.js",
    "/sdk/snowplow-ecommerce.js": (
        "@snowplow/browser-plugin-snowplow-ecommerce/dist/index.umd.min.js"
    ),
    "/sdk/rudderstack.js": "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js",
    "/sdk/posthog.js": "posthog-js/dist/array.js",
}


class Shop(SimpleHTTPRequestHandler):
    """Every address that is no script is a page of the shop."""

    def translate_path(self, path: str) -> str:
        address = path.partition("?")[0]
        if sdk := SDKS.get(address):
            return str(MODULES / sdk)
        name = address.strip("/") if address.endswith(".js") else "index.html"
        return str(HERE / "pages" / name)

    def log_message(self, *_: object) -> None:
        """Say nothing: pytest's output is not an access log."""


@contextmanager
def serving() -> Iterator[int]:
    """The port the shop is served on."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
