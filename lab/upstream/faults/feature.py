"""A feature with a defect is switched on."""

from __future__ import annotations

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns, shop_of
from lab.upstream.faults.params import Params
from lab.upstream.features import FEATURES
from lab.upstream.features.feature import Place


class Feature(Fault):
    """`route`, `feature`: it runs in front of that route's handler, and whatever it raises nobody catches."""

    name = "feature"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._feature = FEATURES[params.choice("feature", FEATURES)]
        store, _ = shop_of(application, self.name)
        self._place = Place(store.path.parent, store.busy_timeout)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """The feature first, if it is the route."""
        if concerns(self._route, call):
            self._feature(call, self._place)
        return await proceed()
