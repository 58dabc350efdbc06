"""What each route of the control API does, and its answers to the byte as the real server gives them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from lab.toxiproxy import bodies
from lab.toxiproxy.collection import Collection
from lab.toxiproxy.http import Response
from lab.toxiproxy.jsonish import BadJSON, dump, parse
from lab.toxiproxy.proxy import toxic_json
from lab.toxiproxy.refused import Refused
from lab.toxiproxy.request import Request

JSON = "application/json"
LARGE = 1 << 16
"""Bytes of a body beyond which it is parsed beside the loop, so that other calls and the traffic go on."""

Action = Callable[["Call"], Awaitable[Response]]


class Call:
    """One matched request: who is meant, and the body."""

    def __init__(self, collection: Collection, request: Request, names: tuple[str, ...]) -> None:
        self.collection = collection
        self.request = request
        self.names = names

    async def value(self) -> Any:
        """The parsed body."""
        body = self.request.body
        return parse(body) if len(body) < LARGE else await asyncio.to_thread(parse, body)


async def _version(call: Call) -> Response:
    return Response(200, b'{"version": "git"}\n', "application/json;charset=utf-8")


async def _index(call: Call) -> Response:
    return _json(200, "{" + ",".join(f"{dump(one.name)}:{one.json()}" for one in call.collection.all()) + "}")


async def _create(call: Call) -> Response:
    proxy = await call.collection.create(bodies.read(bodies.PROXY, await call.value()))
    return _json(201, proxy.json())


async def _show(call: Call) -> Response:
    return _json(200, call.collection.get(call.names[0]).json())


async def _update(call: Call) -> Response:
    proxy = call.collection.get(call.names[0])
    await call.collection.update(proxy, bodies.read(bodies.PROXY, await call.value()))
    return _json(200, proxy.json())


async def _delete(call: Call) -> Response:
    call.collection.delete(call.names[0])
    return Response(204)


async def _populate(call: Call) -> Response:
    try:
        proxies = await call.collection.populate(bodies.entries(await call.value()))
    except Refused as refused:
        status, text, proxies = refused.status, str(refused), list(refused.proxies)
    except (BadJSON, bodies.BadBody) as bad:
        status, text, proxies = 400, f"bad request body: {bad}", []
    else:
        status, text = 201, ""
    error = f'"error":{dump(text)},"status":{status},' if text else ""
    listed = f"[{','.join(proxy.json() for proxy in proxies)}]" if proxies else "null"
    return _json(status, f'{{{error}"proxies":{listed}}}')


async def _reset(call: Call) -> Response:
    await call.collection.reset()
    return Response(204)


async def _toxics(call: Call) -> Response:
    toxics = call.collection.get(call.names[0]).toxics
    return _json(200, f"[{','.join(toxic_json(toxic) for side in toxics for toxic in side)}]")


async def _add_toxic(call: Call) -> Response:
    proxy = call.collection.get(call.names[0])
    return _json(200, toxic_json(call.collection.add_toxic(proxy, await call.value())))


async def _show_toxic(call: Call) -> Response:
    return _json(200, toxic_json(call.collection.toxic(call.collection.get(call.names[0]), call.names[1])))


async def _change_toxic(call: Call) -> Response:
    proxy = call.collection.get(call.names[0])
    toxic = call.collection.toxic(proxy, call.names[1])
    call.collection.change_toxic(proxy, toxic, await call.value())
    return _json(200, toxic_json(toxic))


async def _remove_toxic(call: Call) -> Response:
    proxy = call.collection.get(call.names[0])
    proxy.remove(call.collection.toxic(proxy, call.names[1]))
    return Response(204)


ROUTES: dict[str, dict[str, Action]] = {
    "/version": {"GET": _version},
    "/proxies": {"GET": _index, "POST": _create},
    "/proxies/([^/]+)": {"GET": _show, "POST": _update, "PATCH": _update, "DELETE": _delete},
    "/proxies/([^/]+)/toxics": {"GET": _toxics, "POST": _add_toxic},
    "/proxies/([^/]+)/toxics/([^/]+)": {
        "GET": _show_toxic,
        "POST": _change_toxic,
        "PATCH": _change_toxic,
        "DELETE": _remove_toxic,
    },
    "/populate": {"POST": _populate},
    "/reset": {"POST": _reset},
}


def _json(status: int, text: str) -> Response:
    return Response(status, text.encode("utf-8", "replace"), JSON)
