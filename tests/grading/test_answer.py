from __future__ import annotations

import pytest

from lab.catalog.vocabulary import Vocabulary
from lab.errors import LabError
from lab.grading.answer import parse_answer
from lab.logs.ref import AbsenceRef, LineRef, LookRef

ASKED = ("status", "layer", "written_by", "mechanism", "evidence", "next_step", "onset")


def test_aliases_become_ids(vocabulary: Vocabulary) -> None:
    raw = {
        "status": "502 Bad Gateway",
        "written-by": "nginx",
        "mechanism": "App_Down",
        "layer": "",
        "onset": "12:00:11",
    }
    answer = parse_answer(raw, ["looks.log:4", "a/app.log:1", "absent:a/app.log@r"], vocabulary, ASKED)
    assert answer.parts == {"status": "502", "written_by": "gateway", "mechanism": "closed-port", "onset": "12:00:11"}
    assert answer.evidence == (LookRef(4), LineRef("a/app.log", 1), AbsenceRef("a/app.log", "r"))


@pytest.mark.parametrize("said", ["none", "No answer", "-"])
def test_no_status_is_an_answer(vocabulary: Vocabulary, said: str) -> None:
    assert parse_answer({"status": said}, [], vocabulary, ASKED).parts == {"status": "none"}


@pytest.mark.parametrize(
    ("raw", "cure"),
    [
        ({"layr": "tcp"}, "layer"),
        ({"pattern": "load"}, "layer"),
        ({"evidence": "gateway/error.log:1"}, "next_step, onset"),
        ({"mechanism": "closed-prt"}, "closed-port"),
        ({"status": "bad gateway"}, "three digits"),
    ],
)
def test_what_nothing_is_called_is_a_usage_error(vocabulary: Vocabulary, raw: dict[str, str], cure: str) -> None:
    with pytest.raises(LabError) as caught:
        parse_answer(raw, [], vocabulary, ASKED)
    assert caught.value.code == 2
    assert cure in caught.value.cure


def test_three_pieces_are_enough_and_the_same_piece_is_one(vocabulary: Vocabulary) -> None:
    refs = [f"a/app.log:{n}" for n in range(1, 5)]
    with pytest.raises(LabError) as caught:
        parse_answer({}, refs, vocabulary, ASKED)
    assert caught.value.code == 2
    assert len(parse_answer({}, [refs[0]] * 5, vocabulary, ASKED).evidence) == 1
