"""Whatever a file does to be read for long, the verdict on it comes within a second of work and a hundred mebibytes."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.hostile import Cost, corpus

NAMES = [name for name, _ in corpus()]
# The dearest of each kind; with the others they take some ten seconds, which `-m long` has.
DEAR = {"a list of a hundred thousand", "a long list", "actions like each other", "defaults that multiply", "empty entries",
        "faults of every kind", "forms like forms", "keys near to known ones", "machines full of faults", "unknown keys",
        "a question of a key", "a machine full of faults"}  # fmt: skip
SECONDS_MAX = 1.0  # of this process's own time: how busy the machine is beside it does not count
MEBIBYTES_MAX = 100


def measured(names: list[str]) -> dict[str, Cost]:
    """What the files cost, each in a process of its own that was just begun."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run(
        [sys.executable, "-m", "tests.support.hostile", *names],
        capture_output=True, text=True, timeout=300, check=True, env=environment,
    )  # fmt: skip
    found: dict[str, Cost] = json.loads(said.stdout)
    return found


def judge(names: list[str]) -> None:
    found = measured(names)
    assert sorted(found) == sorted(names)
    assert not [name for name, cost in found.items() if not cost], "these died: out of memory, or by an error of ours"
    assert {name: cost["seconds"] for name, cost in found.items() if cost["seconds"] > SECONDS_MAX} == {}
    assert {name: cost["mebibytes"] for name, cost in found.items() if cost["mebibytes"] > MEBIBYTES_MAX} == {}
    assert {name: cost["longest"] for name, cost in found.items() if cost["longest"] > 1000} == {}
    assert {name for name, cost in found.items() if cost["problems"] > 101} == set()


def test_a_hostile_file_is_judged_within_a_second_and_a_hundred_mebibytes() -> None:
    assert set(NAMES) >= DEAR
    judge([name for name in NAMES if name not in DEAR])


@pytest.mark.long
def test_the_largest_of_them_are_too() -> None:
    judge(sorted(DEAR))
