"""What in a round speaks against a wrong value. Each reason says what was recorded, and none says what is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lab.grading.evidence import Weighed
from lab.grading.key import Key
from lab.grading.recognise import Index, recognise
from lab.grading.scene import Scene


class Reason(NamedTuple):
    """A sentence, and the reference of the line that it points at."""

    says: str
    line: str | None = None


def against(part: str, given: str, key: Key, scene: Scene, weighed: Weighed) -> Reason:
    """What speaks against `given` for `part` in this round.

    Falls back to what the cited evidence shows, and to the named request where none was cited.
    """
    special = _BY_PART.get(part)
    if found := special(given, key, scene) if special else None:
        return found
    if piece := weighed.separating:
        return Reason(f"The evidence says otherwise: {piece.facts[0].says}.", piece.ref)
    return Reason("What is recorded of the named request does not fit that.", _ref(scene))


def _ref(scene: Scene) -> str | None:
    return scene.line.ref if scene.line else None


def _status(given: str, key: Key, scene: Scene) -> Reason:
    line = scene.client or scene.gateway
    return Reason("The line of the named request says otherwise.", line.ref if line else None)


def _mechanism(given: str, key: Key, scene: Scene) -> Reason | None:
    """What the given mechanism would show, or would not; then the fact that separates it from what happened."""
    index = Index(scene.record)
    signatures = key.signatures
    other = signatures.by_mechanism.get(given)
    seen = recognise(other, signatures, scene.record) if other else None
    if seen and seen.unwanted:
        fact = signatures.facts[seen.unwanted[0]]
        return Reason(f"This round shows what would not be there then: {fact.says}.", index.first(fact))
    for fact in key.separating.get(given, ()):
        if ref := index.first(fact):
            return Reason(f"What speaks against it: {fact.says}.", ref)
    if seen and seen.missing:
        fact = signatures.facts[seen.missing[0]]
        return Reason(f"In this round no piece shows what would be there then: {fact.says}.", _ref(scene))
    return None


def _layer(given: str, key: Key, scene: Scene) -> Reason | None:
    said, ref = scene.said, _ref(scene)
    match given:
        case "dns" if said.get("ua"):
            return Reason(f"The gateway had an address to go to (ua={said['ua']}); no name was in the way.", ref)
        case "tcp" if said.get("uct") is not None:
            return Reason(f"A connection was made (uct={said['uct']:.3f}).", ref)
        case "tls":
            return Reason("No handshake took part in this request: the hops speak plain HTTP.", ref)
        case "gateway" if said.get("uht") is not None:
            return Reason(f"A header came from behind the gateway (uht={said['uht']:.3f}).", ref)
        case "app" if said and said.get("ua") is None:
            return Reason("The request went no further than the gateway (ua=-).", ref)
        case "data":
            found = scene.app_line(lambda f: str(f.get("event", "")).startswith("db."))
            if found is None:
                return Reason("No application logged trouble with its database in the incident.", ref)
            return Reason("That line tells of another trouble than the named request had.", found.ref)
        case "dependency" if not scene.app_line(lambda f: f.get("event") == "payments.call" and bool(f.get("error"))):
            return Reason("No call to a dependency failed in the incident.", ref)
        case "request" if other := scene.others(lambda f: scene.alike(f) and f["client"] != said.get("client")):
            return Reason("Other clients' well-formed requests ended in the same way.", other.ref)
        case "none" if scene.status == "none" or scene.status >= "500":
            return Reason(f"A well-formed request ended with {_ended(scene)}.", ref)
    return None


def _written_by(given: str, key: Key, scene: Scene) -> Reason | None:
    said, ref = scene.said, _ref(scene)
    match given:
        case "gateway" if not said:
            return Reason("The gateway has no line of that request.", ref)
        case "gateway" if said.get("uht") is not None:
            return Reason(f"A header came from behind the gateway (uht={said['uht']:.3f}).", ref)
        case "api" | "payments" if said and said.get("uht") is None:
            return Reason("No header came from behind the gateway (uht=-).", ref)
        case "payments":
            return Reason("The gateway never asks payments; another hop stands between them.", ref)
        case "client":
            return Reason("A client asks; it writes no answer.", ref)
        case "database" | "network" | "dns":
            return Reason("What stands there speaks no HTTP and writes no answer.", ref)
        case "edge":
            return Reason("No line of this round was written by an edge.", ref)
        case "none" if scene.status != "none":
            return Reason(f"The client did get an answer: {scene.status}.", ref)
    return None


def _fault_at(given: str, key: Key, scene: Scene) -> Reason | None:
    said, ref = scene.said, _ref(scene)
    match given:
        case "edge":
            return Reason("No line of this round was written by an edge.", ref)
        case "dns" if said.get("ua"):
            return Reason(f"The gateway had an address to go to (ua={said['ua']}).", ref)
        case "payments" if not scene.app_line(lambda f: f.get("event") == "payments.call" and bool(f.get("error"))):
            return Reason("No call to payments failed in the incident.", ref)
        case "client" if other := scene.others(lambda f: scene.alike(f) and f["client"] != said.get("client")):
            return Reason("Requests of other clients ended in the same way.", other.ref)
        case "none" if scene.status == "none" or scene.status >= "500":
            return Reason(f"A well-formed request ended with {_ended(scene)}.", ref)
    return None


def _next_step(given: str, key: Key, scene: Scene) -> Reason | None:
    ref = _ref(scene)
    match given:
        case "fix-request" if other := scene.others(
            lambda f: scene.alike(f) and f["client"] != scene.said.get("client")
        ):
            return Reason("Requests of other clients failed in the same way, so no client can mend it.", other.ref)
        case "raise-timeout" if scene.said and scene.said["status"] != 504:
            return Reason("No timer of the gateway ran out in that request.", ref)
        case "nothing" if scene.status == "none" or scene.status >= "500":
            return Reason(f"A well-formed request ended with {_ended(scene)}.", ref)
        case "start-gateway" if scene.gateway:
            return Reason("The gateway wrote a line about that request, so it runs.", ref)
    return None


def _pattern(given: str, key: Key, scene: Scene) -> Reason | None:
    wanted: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
        "every-request": ("This request of the incident was answered.", lambda f: f["status"] < 400),
        "one-route": ("A request of another route ended in the same way.", lambda f: not scene.same_route(f)),
        "one-client": (
            "A request of another client ended in the same way.",
            lambda f: f["client"] != scene.said.get("client"),
        ),
        "one-replica": ("A request to another place ended in the same way.", lambda f: not scene.same_hop(f)),
    }
    if given not in wanted:
        return None
    says, test = wanted[given]
    other = scene.others(lambda f: test(f) and (given == "every-request" or scene.alike(f)))
    return Reason(says, other.ref) if other else None


def _retry(given: str, key: Key, scene: Scene) -> Reason | None:
    if given == "after-retry-after" and scene.client and not scene.client_said.get("retry_after"):
        return Reason("The answer named no time to come back (no Retry-After).", scene.client.ref)
    if given == "outcome-unknown" and scene.said.get("method") in ("GET", "HEAD"):
        return Reason("The request only reads: sending it again changes nothing.", _ref(scene))
    return None


def _ended(scene: Scene) -> str:
    return "no answer at all" if scene.status == "none" else f"status {scene.status}"


_BY_PART: Mapping[str, Callable[[str, Key, Scene], Reason | None]] = {
    "status": _status,
    "mechanism": _mechanism,
    "layer": _layer,
    "written_by": _written_by,
    "fault_at": _fault_at,
    "next_step": _next_step,
    "pattern": _pattern,
    "retry": _retry,
}
