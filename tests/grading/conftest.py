from __future__ import annotations

from pathlib import Path

import pytest

import small_catalogue
from lab.catalog.signature import Signatures
from lab.catalog.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def signatures(tmp_path_factory: pytest.TempPathFactory) -> Signatures:
    folder: Path = tmp_path_factory.mktemp("signatures")
    return small_catalogue.signatures(folder)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return small_catalogue.vocabulary()
