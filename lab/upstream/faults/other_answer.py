"""Answers that are not what was agreed on."""

from __future__ import annotations

import json

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params

_PAGE = "<!doctype html>\n<title>Welcome</title>\n<p>Our interface has moved. See the news for partners.</p>\n"
SHAPES = ("page", "cut", "renamed")


class OtherAnswer(Fault):
    """`route`, `shape`: good answers of that route are sent as a web page, cut in the middle, or with other names."""

    name = "other-answer"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._shape = params.choice("shape", SHAPES)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Handle it, and send something else."""
        answer = await proceed()
        if not concerns(self._route, call) or answer.status >= 400 or not isinstance(answer, web.Response):
            return answer
        if self._shape == "page":
            return web.Response(status=answer.status, text=_PAGE, content_type="text/html")
        text = answer.text or ""
        if self._shape == "cut":
            text = text[: len(text) // 2]
        else:
            text = json.dumps({f"{name}_v2": value for name, value in json.loads(text).items()})
        return web.Response(status=answer.status, text=text, content_type="application/json")
