"""The consumer: how a call reaches one server through toxiproxy-python, and what went wrong in plain words.

The library keeps host and port on its class `APIConsumer`, for everybody in the process. Its calls read them through
`cls`, though, so a subclass for each server has its own, and the library's stay as somebody else in the process set
them. The library's `Toxiproxy` and `Proxy` name that one class and are not used: with them two servers can't be told
apart, names are not quoted, a 500 of `enable` is taken for success, and `create` asks for all proxies first.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from requests import RequestException

Read = TypeVar("Read")
Method = Literal["get", "post", "delete"]

_WORDS = {
    "proxy not found": ("there is no such proxy", "Create it first, or correct its name."),
    "toxic not found": ("it has no such toxic", "Add it first, or correct its name."),
    "proxy already exists": ("that name is taken", "Take another name, or delete the proxy that has it."),
    "toxic already exists": ("that name is taken", "Take another name, or remove the toxic that has it."),
}
_CURES = {
    400: "Correct what it names: types and attributes as docs/toxiproxy.md lists them, every attribute an integer.",
    500: "Give a listen address of this machine that is free (port 0 takes any), then enable the proxy.",
}
_OTHER = "See what that server logs; Toxiproxy 2.12 is the version whose answers are known here."
_NOT_ONE = "Give the address of a Toxiproxy's control API, which is not that of one of its proxies."


class ToxiproxyError(Exception):
    """A Toxiproxy could not be asked, or did not do what it was asked.

    Args:
        what: one sentence that says what is wrong.
        cure: one sentence that says what to do about it.
        status: of the server's answer, when it was one of a Toxiproxy: 404 for a proxy or toxic that is not there.
    """

    def __init__(self, what: str, cure: str, *, status: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure
        self.status = status

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"


class Consumer:
    """Asks one server. No call goes through a proxy of the environment, and none follows a redirect.

    Args:
        host, port: of the control API.
        timeout: seconds for the connect, and for each time that the server is silent.
    """

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.timeout = timeout
        self._host = f"[{host}]" if ":" in host else host
        self._port = port
        self._class: Any = None

    def __str__(self) -> str:
        return f"{self._host}:{self._port}"

    async def ask(
        self,
        method: Method,
        path: str,
        deed: str,
        body: Any = None,
        *,
        read: Callable[[Any], Read],
        timeout: float | None = None,
    ) -> Read:
        """One call, in a thread: the server may live in the caller's own event loop.

        Args:
            method: as the library has them; a POST is an update, too.
            path: with its names quoted.
            deed: what is asked for, for errors: `can't DEED: …`.
            body: sent as JSON; None for none.
            read: makes something of the parsed answer, or of None; raises `ValueError` for nonsense.
            timeout: seconds, instead of the consumer's.

        Raises:
            ToxiproxyError: the server can't be reached, refuses, or is no Toxiproxy.
        """
        status, content = await asyncio.to_thread(self._exchange, method, path, deed, body, timeout or self.timeout)
        if not 200 <= status < 300:
            raise self._refusal(status, content, deed)
        try:
            return read(json.loads(content) if content else None)
        except (ValueError, RecursionError):
            raise self._stranger(f"{status} with {_cut(content)} when asked to {deed}") from None

    def _exchange(self, method: Method, path: str, deed: str, body: Any, timeout: float) -> tuple[int, bytes]:
        # Imported at the first call and in its thread: it takes 0.1 s, and a round without a link never needs it.
        import requests
        from toxiproxy import exceptions
        from toxiproxy.api import APIConsumer

        if self._class is None:
            self._class = type("APIConsumer", (APIConsumer,), {"host": self._host, "port": self._port})
        try:
            response = getattr(self._class, method)(
                path,
                timeout=timeout,
                allow_redirects=False,
                # None hides what HTTP_PROXY and ALL_PROXY say; requests writes into the dict, so each call has its own.
                proxies={"http": None, "all": None},
                # Some `auth` has to be there, or requests sends what ~/.netrc has for this host.
                auth=_as_it_is,
                **({} if body is None else {"json": body}),
            )
        except exceptions.NotFound as error:
            return 404, error.args[0]
        except exceptions.ProxyExists as error:
            return 409, error.args[0]
        except exceptions.InvalidToxic as error:
            return 400, error.args[0]
        except requests.exceptions.InvalidJSONError as error:
            raise ToxiproxyError(f"What was given to {deed} is no JSON: {error}.", "Give finite numbers.") from None
        except requests.RequestException as error:
            raise self._silence(error, deed, timeout) from None
        return response.status_code, response.content

    def _refusal(self, status: int, content: bytes, deed: str) -> ToxiproxyError:
        """The server's no, in plain words where they are known and in its own otherwise."""
        try:
            text = json.loads(content)["error"]
        except (ValueError, TypeError, KeyError):
            text = None
        if not isinstance(text, str):
            return self._stranger(f"{status} with {_cut(content)} when asked to {deed}")
        words, cure = _WORDS.get(text, (text[:400], _CURES.get(status, _OTHER)))
        return ToxiproxyError(f"The Toxiproxy at {self} can't {deed}: {words}.", cure, status=status)

    def _silence(self, error: RequestException, deed: str, timeout: float) -> ToxiproxyError:
        """Why no answer came."""
        from requests.exceptions import ConnectTimeout

        root: BaseException = error
        while deeper := root.__cause__ or root.__context__:
            root = deeper
        if isinstance(root, TimeoutError) and not isinstance(error, ConnectTimeout):
            return ToxiproxyError(
                f"The Toxiproxy at {self} did not answer within {timeout:g} s when asked to {deed}.",
                "See whether it is stopped or overloaded; what was asked for may be done all the same.",
            )
        if isinstance(root, ConnectionResetError | BrokenPipeError | http.client.IncompleteRead):
            return ToxiproxyError(
                f"The Toxiproxy at {self} closed the connection instead of an answer when asked to {deed}.",
                "See whether it is being stopped; what was asked for may be done all the same.",
            )
        if isinstance(root, OSError):
            why = f"no connection within {timeout:g} s" if isinstance(root, TimeoutError) else _errno(root)
            return ToxiproxyError(
                f"Nobody answers at {self}: {why}.", "Start a Toxiproxy there, or give the address of one that runs."
            )
        return self._stranger(_cut(str(root).encode()))

    def _stranger(self, answer: str) -> ToxiproxyError:
        return ToxiproxyError(f"What is at {self} is not a Toxiproxy: {answer}.", _NOT_ONE)


def _as_it_is(request: Any) -> Any:
    return request


def _cut(content: bytes) -> str:
    return ascii(content[:60].decode("utf-8", "replace")) if content else "an empty body"


def _errno(error: OSError) -> str:
    return "unknown host" if isinstance(error, socket.gaierror) else str(error.strerror or error).lower()
