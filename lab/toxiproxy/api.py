"""The control API: from a request to its route, and what is the same for all routes."""

from __future__ import annotations

import asyncio
import gzip
import posixpath
import re
import secrets
from urllib.parse import quote, unquote_to_bytes

from lab.toxiproxy import bodies, metrics
from lab.toxiproxy.collection import Collection
from lab.toxiproxy.http import Response
from lab.toxiproxy.jsonish import BadJSON, dump
from lab.toxiproxy.options import Options
from lab.toxiproxy.refused import Refused
from lab.toxiproxy.request import Request
from lab.toxiproxy.routes import ROUTES, Action, Call

PLAIN = "text/plain; charset=utf-8"
PATIENCE = 25.0
"""Seconds for a call; only a name server can take that long."""

_SNIFF = {"X-Content-Type-Options": "nosniff"}
_NOT_FOUND = Response(404, b"404 page not found\n", PLAIN, _SNIFF)
_TIMEOUT = b"<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>"
_ESCAPED = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Api:
    """Answers requests about a collection."""

    def __init__(self, collection: Collection, options: Options) -> None:
        self._collection = collection
        self._options = options

    async def answer(self, request: Request) -> Response:
        """The answer to one request."""
        target = re.sub(r"^https?://[^/?]*", "", request.target) or "/"
        if target == "*":
            return Response(200) if request.method == "OPTIONS" else Response(400, b"400 Bad Request", PLAIN)
        raw, mark, query = target.partition("?")
        if _ESCAPED.search(raw):
            return Response(400, b"400 Bad Request", PLAIN)
        path = unquote_to_bytes(raw).decode("utf-8", "surrogateescape")
        if (clean := _clean(path)) != path:
            written = quote(clean.encode("utf-8", "surrogateescape"), safe="/:@!$&'()*+,;=~")
            return Response(301, headers={"Location": f"{written}{mark}{query}"})
        if path == "/metrics" and (self._options.proxy_metrics or self._options.runtime_metrics):
            return self._guarded(request) or self._metrics(request)
        for pattern, methods in ROUTES.items():
            if match := re.fullmatch(pattern, path):
                if request.method not in methods:
                    return Response(405)
                return self._guarded(request) or await self._act(methods[request.method], request, match.groups())
        return _NOT_FOUND

    async def _act(self, action: Action, request: Request, names: tuple[str, ...]) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                response = await action(Call(self._collection, request, names))
        except Refused as refused:
            response = _error(refused.status, str(refused))
        except (BadJSON, bodies.BadBody) as bad:
            response = _error(400, f"bad request body: {bad}")
        except TimeoutError:
            response = Response(503, _TIMEOUT, "text/html; charset=utf-8")
        return _marked(response)

    def _guarded(self, request: Request) -> Response | None:
        """Browsers are kept out, so that a page on the web can't reach the API."""
        if request.headers.get("user-agent", "").startswith("Mozilla/"):
            return _marked(Response(403, b"User agent not allowed\n", PLAIN, _SNIFF))
        return None

    def _metrics(self, request: Request) -> Response:
        text = self._collection.counters.text(self._collection.all()) if self._options.proxy_metrics else ""
        body = (text + (metrics.runtime() if self._options.runtime_metrics else "")).encode()
        if "gzip" in request.headers.get("accept-encoding", ""):
            return _marked(Response(200, gzip.compress(body, 1), metrics.TYPE, {"Content-Encoding": "gzip"}))
        return _marked(Response(200, body, metrics.TYPE))


def _clean(path: str) -> str:
    """A path without empty and dot segments; a slash at its end stays."""
    clean = posixpath.normpath(f"/{path.lstrip('/')}")
    return f"{clean}/" if path.endswith("/") and clean != "/" else clean


def _error(status: int, text: str) -> Response:
    return Response(status, f'{{"error":{dump(text)},"status":{status}}}\n'.encode("utf-8", "replace"), PLAIN, _SNIFF)


def _marked(response: Response) -> Response:
    mark = {"X-Toxiproxy-Request-Id": secrets.token_hex(10)}
    return Response(response.status, response.body, response.type, {**response.headers, **mark})
