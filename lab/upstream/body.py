"""What handlers read from a request."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

from lab.upstream.call import Refused

_LARGEST_ID = 999_999_999
PRICE_LIST = "product_id,price_cents,remark"
"""The header line of a price list."""
_PRICE = re.compile(r"[0-9]{1,9},[0-9]{1,9},[^,]{0,80}")


async def json_body(request: web.Request) -> dict[str, Any]:
    """The body, a JSON object.

    Raises:
        Refused: 400 when it is not one.
    """
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise Refused(400, "the body is not JSON") from error
    if not isinstance(body, dict):
        raise Refused(400, "the body is not a JSON object")
    return body


def whole(body: dict[str, Any], name: str, most: int = _LARGEST_ID) -> int:
    """A whole number from 1 in a body.

    Raises:
        Refused: 422 when it isn't one.
    """
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Refused(422, f"{name} must be a whole number from 1 to {most}")
    return value


def prices(body: bytes) -> int:
    """How many lines a price list has, below its header line.

    Raises:
        Refused: 422 when it is none, or names the line that can't be read.
    """
    lines = body.decode("utf-8", "replace").splitlines()
    if not lines or lines[0] != PRICE_LIST:
        raise Refused(422, f"a price list begins with the line {PRICE_LIST}")
    for number, line in enumerate(lines[1:], 2):
        if not _PRICE.fullmatch(line):
            raise Refused(422, f"line {number} of the price list can't be read")
    return len(lines) - 1


def user_asked_for(request: web.Request) -> int:
    """The query parameter `user`.

    Raises:
        Refused: 400 when it is missing or not a number.
    """
    value = request.query.get("user", "")
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(_LARGEST_ID))):
        raise Refused(400, "the query needs user=NUMBER")
    return int(value)
