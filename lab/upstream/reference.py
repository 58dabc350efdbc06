"""The shop's API reference, made from its routes."""

from __future__ import annotations

from lab.upstream.routes import LARGEST_BODY, SHOP, Route

_HEAD = f"""# The shop's API

Bodies are JSON in UTF-8. Every answer carries `X-Request-Id`: the one of the request, else a new one.

**Tokens.** `POST /login` gives a token that is good for one hour and for every replica. It is sent as
`Authorization: Bearer TOKEN`. Its scope is the whole shop: it says who asks, and it may read every user's rows.
A route that needs one answers 401 with `WWW-Authenticate: Bearer …` when it is missing, not well formed, not
signed by this shop, or expired; the header says which.

**Limits.** A body has at most {LARGEST_BODY} bytes; a larger one gets 413. Ids are whole numbers, amounts are cents.

**Errors** are JSON: `{{"error", "request_id"}}`.

| status | when |
|---|---|
| 400 | the body is not JSON or not an object, a query parameter is missing or not a number |
| 401 | the token is missing or no good; or, at login, the password |
| 404 | there is no such path or row |
| 405 | the path does not take that method; `Allow` lists those it takes |
| 413 | the body is too large |
| 422 | the body is JSON, but its values are not possible |
| 500 | a defect of the shop |
| 501 | what is asked for has not been built |
| 503 | maintenance (with `Retry-After` in seconds), no database connection, or payments unavailable |
| 504 | payments took too long |
| 505 | the route needs HTTP/1.1 |
| 507 | what is sent in has no room |
| 508 | what is asked for leads back to itself |

## Routes

| name | request | token | takes | answer |
|---|---|---|---|---|
"""


def api_reference() -> str:
    """The reference in Markdown: tokens, limits, errors, and every route."""
    rows = "".join(_row(route) for route in SHOP)
    notes = "".join(f"- **{route.name}**: {route.notes}\n" for route in SHOP if route.notes)
    return f"{_HEAD}{rows}\n{notes}"


def _row(route: Route) -> str:
    token = "yes" if route.token else "no"
    return f"| {route.name} | `{route.method} {route.path}` | {token} | {route.takes or '-'} | {route.answers} |\n"
