"""The shop's client of payments."""

from __future__ import annotations

import time

from aiohttp import ClientConnectionError, ClientError, ClientSession, ClientTimeout, TCPConnector

from lab.upstream.call import Call, Refused, elapsed_ms
from lab.upstream.journal import Journal

_UNAVAILABLE = (502, 503, 504)


class PaymentsAnswer(Exception):
    """Payments answered with something that the shop does not understand."""


class Payments:
    """Calls payments, over one session for the life of the process. Made inside the running loop.

    Args:
        url: its base URL.
        key: what is shown to it.
        source: the address from which the connections come, None for any.
        timeout: seconds for the whole exchange.
        journal: every call is logged there as `payments.call`, with its cause when it failed.
    """

    def __init__(self, url: str, key: str, source: str | None, timeout: float, journal: Journal) -> None:
        self._url = url.rstrip("/") + "/charges"
        self._key = key
        self._journal = journal
        self._session = ClientSession(
            connector=TCPConnector(local_addr=(source, 0) if source else None),
            timeout=ClientTimeout(total=timeout),
        )

    async def charge(self, call: Call, amount: int, order: int) -> str:
        """The id of a new charge of `amount` cents.

        Raises:
            Refused: 503 when payments can't be reached, breaks off or says itself that it is unavailable; 504 when
                it is slower than the timeout.
            Exception: whatever an answer that isn't understood leads to.
        """
        begun = time.perf_counter()
        status: int | None = None
        try:
            headers = {"X-Request-Id": call.rid, "Authorization": f"Bearer {self._key}"}
            body = {"amount": amount, "order": order}
            async with self._session.post(self._url, json=body, headers=headers) as answer:
                status = answer.status
                if status in _UNAVAILABLE:
                    raise Refused(503, "payments unavailable")
                if status != 201:
                    raise PaymentsAnswer(f"payments answered {status}: {(await answer.text())[:200]}")
                charge = (await answer.json())["charge"]
        except TimeoutError as error:
            self._log(call, begun, status, f"no answer within {self._session.timeout.total:g} s")
            raise Refused(504, "payments timed out") from error
        except ClientConnectionError as error:
            cause = getattr(error, "os_error", error)
            self._log(call, begun, status, str(error), getattr(cause, "errno", None))
            raise Refused(503, "payments unavailable") from error
        except Refused:
            self._log(call, begun, status, f"payments answered {status}")
            raise
        except (ClientError, PaymentsAnswer, ValueError, LookupError, TypeError) as error:
            self._log(call, begun, status, f"{type(error).__name__}: {error}")
            raise
        self._log(call, begun, status, None)
        return str(charge)

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()

    def _log(self, call: Call, begun: float, status: int | None, error: str | None, errno: int | None = None) -> None:
        self._journal.write(
            "payments.call",
            level="error" if error else "info",
            rid=call.rid,
            route=call.route,
            url=self._url,
            status=status,
            ms=elapsed_ms(begun),
            **({"error": error} if error else {}),
            **({"errno": errno} if errno else {}),
        )
