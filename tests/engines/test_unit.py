from __future__ import annotations

import pytest

from lab.engines.unit import Restart


@pytest.mark.parametrize(
    ("restart", "pauses"),
    [
        (Restart(delay=0.3), [0.3, 0.3, 0.3, 0.3]),
        (Restart(delay=0.1, grows=2, longest=0.5), [0.1, 0.2, 0.4, 0.5]),
        (Restart(delay=2, longest=1), [1, 1, 1, 1]),
    ],
)
def test_pauses_grow_up_to_the_longest(restart, pauses):
    assert [restart.pause(n) for n in range(4)] == pauses


def test_a_pause_stays_the_longest_after_any_number_of_restarts():
    assert Restart(delay=0.1, grows=10, longest=60).pause(100_000) == 60
