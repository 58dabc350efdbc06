"""Reading the catalogue: strict, and with errors that name the file, the key and the cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from lab.catalog.model import Model
from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signature, SignatureFile, Signatures
from lab.catalog.vocabulary import Vocabulary, nearest
from lab.errors import LabError
from lab.paths import data_dir

M = TypeVar("M", bound=Model)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file.

    Raises:
        LabError: with the place, when it cannot be read or is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # a safe loader
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}.", "Check that the file is there.", code=2) from error
    except UnicodeDecodeError as error:
        raise LabError(f"{path} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.", code=2) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise LabError(f"{path}{place}: {problem}.", "Mend the YAML at that place.", code=2) from error


def parse(model: type[M], data: Any, path: Path) -> M:
    """`data` as `model`.

    Raises:
        LabError: names the file, the path of the first wrong key, and what was expected.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        if first["type"] == "extra_forbidden":
            key = str(first["loc"][-1])
            known = list(_model_at(model, first["loc"][:-1]).model_fields)
            raise LabError(
                f"{path}: {place} is not a key here.", nearest(key, known, see="`lab new` shows every key"), code=2
            ) from error
        if first["type"] == "missing":
            raise LabError(f"{path}: {place} is missing.", "Add it; `lab new` shows every key.", code=2) from error
        raise LabError(f"{path}: {place} is wrong.", f"{first['msg']}.", code=2) from error


def _model_at(model: type[Model], loc: tuple[int | str, ...]) -> type[Model]:
    """The model to which the keys at `loc` belong, as far as it can be followed."""
    for part in loc:
        field = model.model_fields.get(str(part))
        inner = field.annotation if field else None
        if inner is None:
            continue
        candidates = [inner, *getattr(inner, "__args__", ())]
        model = next((c for c in candidates if isinstance(c, type) and issubclass(c, Model)), model)
    return model


def load_scenario_file(path: Path) -> Iterator[Scenario]:
    """The scenarios of one file: itself, or one for each of its variants."""
    data = read_yaml(path)
    if not isinstance(data, Mapping):
        raise LabError(f"{path}: a mapping was expected.", "`lab new` writes a file to start from.", code=2)
    variants = data.get("variants") or {}
    for id_, overrides in variants.items() if variants else [(None, {})]:
        merged = {key: value for key, value in {**data, **(overrides or {})}.items() if key != "variants"}
        if id_ is not None:
            merged["id"] = id_
        scenario = parse(Scenario, merged, path)
        if id_ is None and scenario.id != path.stem:
            raise LabError(f"{path}: id is {scenario.id!r}.", f"The id is the file's name: {path.stem!r}.", code=2)
        if scenario.family != path.parent.name:
            raise LabError(
                f"{path}: family is {scenario.family!r}.", f"It is the folder's name: {path.parent.name!r}.", code=2
            )
        yield scenario


@cache
def load_signatures(folder: Path | None = None) -> Signatures:
    """All facts and signatures, from every file of `nginx/signatures/`."""
    facts: dict[str, Any] = {}
    signatures: dict[str, Signature] = {}
    for path in sorted((folder or data_dir("nginx") / "signatures").glob("*.yaml")):
        content = parse(SignatureFile, read_yaml(path), path)
        for fact in content.facts:
            if fact.id in facts:
                raise LabError(f"{path}: fact {fact.id!r} is defined twice.", "Keep one of the two.", code=2)
            facts[fact.id] = fact
        for signature in content.signatures:
            if signature.mechanism in signatures:
                raise LabError(f"{path}: {signature.mechanism!r} has two signatures.", "Keep one of the two.", code=2)
            signatures[signature.mechanism] = signature
    for signature in signatures.values():
        named = {*signature.shows, *signature.lacks, *(f for ids in signature.lookalikes.values() for f in ids)}
        for unknown in sorted(named - set(facts)):
            raise LabError(
                f"The signature of {signature.mechanism!r} names the fact {unknown!r}, which is not defined.",
                nearest(unknown, facts, see="The facts stand in nginx/signatures"),
                code=2,
            )
    return Signatures(facts=facts, by_mechanism=signatures)


@cache
def load_scenarios(folder: Path | None = None) -> Mapping[str, Scenario]:
    """All scenarios by id, in the order of their level and id.

    Raises:
        LabError: also when two share an id or a codename.
    """
    found: dict[str, Scenario] = {}
    codenames: dict[str, str] = {}
    for path in sorted((folder or data_dir("scenarios")).glob("*/*.yaml")):
        for scenario in load_scenario_file(path):
            twin = (found.get(scenario.id) and scenario.id) or codenames.get(scenario.codename)
            if twin:
                raise LabError(
                    f"{path}: {scenario.id!r} shares its id or codename with {twin!r}.", "Choose another.", code=2
                )
            found[scenario.id] = scenario
            codenames[scenario.codename] = scenario.id
    return dict(sorted(found.items(), key=lambda item: (item[1].level, item[0])))


@cache
def load_vocabulary() -> Vocabulary:
    """The closed sets of answers; the id of each scenario is an alias of its mechanism."""
    path = data_dir("scenarios") / "vocabulary.yaml"
    vocabulary = parse(Vocabulary, read_yaml(path), path)
    also: dict[str, list[str]] = {}
    for scenario in load_scenarios().values():
        also.setdefault(scenario.mechanism, []).append(scenario.id)
    mechanisms = tuple(
        term.model_copy(update={"aliases": (*term.aliases, *also.get(term.id, ()))}) for term in vocabulary.mechanisms
    )
    return vocabulary.model_copy(update={"mechanisms": mechanisms})


def find_scenario(name: str) -> Scenario:
    """The scenario with that id or codename.

    Raises:
        LabError: when there is none; the cure offers the nearest codenames.
    """
    scenarios = load_scenarios()
    for scenario in scenarios.values():
        if name in (scenario.id, scenario.codename):
            return scenario
    # An id is an answer: only who has nearly written one gets it offered.
    ids = difflib.get_close_matches(name, list(scenarios), n=1, cutoff=0.8)
    known = [*ids, *(scenario.codename for scenario in scenarios.values())]
    raise LabError(f"There is no scenario called {name!r}.", nearest(name, known, see="`lab list` shows all"), code=2)
