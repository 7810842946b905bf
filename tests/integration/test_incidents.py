"""What a round cannot carry out becomes an incident of its own: it waits and is tried again, and blocks nobody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.desk import Desk, local
from workflows import elapsing
from workflows.facts import Fact
from workflows.machine import StateMachine, StepRefused


@pytest.fixture
def broken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """Three units late; the law of time raises for the obligations in the set."""
    desk.order("2023-08-25", "unit-1", "unit-2", "unit-3")
    numbers, rung = {3}, elapsing._rung

    def fails(world, obligation, *rest) -> Fact:  # type: ignore[no-untyped-def]
        if obligation.number in numbers:
            raise ZeroDivisionError("a fault in the law")
        return rung(world, obligation, *rest)

    monkeypatch.setattr(elapsing, "_rung", fails)
    desk.at("2023-08-28T09:00")
    return numbers


def test_an_incident_does_not_block_the_others_of_its_cascade(desk: Desk, broken: set[int]) -> None:
    report = desk.round()
    assert report.incidents == 1
    assert [len(desk.entries("RungReached", about=number)) for number in (2, 3, 4)] == [1, 0, 1]
    [incident] = desk.entries("Incident")
    assert (incident.obligation, incident.fact.error) == (3, "ZeroDivisionError: a fault in the law")
    assert desk[3].rung == 0
    assert not desk.entries("DeadlineMissed", about=3), "half of what was due was recorded"
    assert desk.verdict().verified


def test_an_incident_backs_off_twice_as_long_each_time(desk: Desk, broken: set[int]) -> None:
    start = desk.runtime.now()
    for minute in range(0, 70):
        desk.runtime.move_to(start + timedelta(minutes=minute))
        desk.round()
    tried = [local(one.recorded_at) for one in desk.entries("Incident")]
    assert tried == [
        "28/08 09:00",
        "28/08 09:01",
        "28/08 09:03",
        "28/08 09:07",
        "28/08 09:15",
        "28/08 09:31",
        "28/08 10:03",
    ]
    assert desk[3].failures == len(tried)


def test_what_was_an_incident_happens_once_when_its_cause_is_gone(desk: Desk, broken: set[int]) -> None:
    desk.round()
    broken.clear()
    assert desk.round().facts == 0  # it still waits
    desk.at("2023-08-28T09:01").round()
    assert [one.fact.key for one in desk.entries("RungReached", "DeadlineMissed", about=3)] == ["rung:2", "due"]
    assert (desk[3].failures, desk[3].retry_at) == (0, None)
    assert desk.round().facts == 0
    assert desk.verdict().verified


def test_a_round_whose_machine_refuses_everything_tells_nobody_anything(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.order("2023-08-25", "unit-1", "unit-2")
    desk.at("2023-08-28T09:00")

    def refuse(*_: object) -> str:
        raise StepRefused("this machine refuses everything")

    monkeypatch.setattr(StateMachine, "step", refuse)
    before = desk.head().last_seq
    assert desk.round().incidents == 3
    assert {one.kind for one in desk.entries()[before:]} == {"Incident"}
