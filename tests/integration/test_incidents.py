"""What a round cannot carry out becomes an incident of its own: it waits and is tried again, and blocks nobody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.deeds import INSTALLER
from engine.incidents import Answered, answer
from storage.queries import troubles
from tests.support.desk import Desk, local
from workflows import elapsing
from workflows.commands import AnswerIncident
from workflows.errors import Refused
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


def answered(desk: Desk, how: str, number: int = 3, reason: str = "The disk has room again") -> Answered:
    return answer(desk.runtime.executor, AnswerIncident(desk.next_id(), INSTALLER, desk.cascade, number, how, reason))


def test_an_incident_that_is_tried_at_once_is_over_when_its_cause_is_gone(desk: Desk, broken: set[int]) -> None:
    desk.round()
    broken.clear()
    assert answered(desk, "retry") == Answered(over=True)
    assert [one.fact.key for one in desk.entries("RungReached", "DeadlineMissed", about=3)] == ["rung:2", "due"]
    assert (desk[3].failures, desk[3].retry_at) == (0, None)
    [entry] = desk.entries("IncidentRetried")
    assert (entry.fact.reason, entry.role) == ("The disk has room again", "installer")
    assert desk.verdict().verified


def test_one_that_fails_again_waits_twice_as_long_and_says_why(desk: Desk, broken: set[int]) -> None:
    desk.round()
    became = answered(desk, "retry")
    assert (became.over, became.error) == (False, "ZeroDivisionError: a fault in the law")
    assert desk[3].failures == 2
    assert desk[3].retry_at == desk.runtime.now() + timedelta(minutes=2)
    assert desk.verdict().verified


def test_one_that_is_resolved_by_hand_is_not_tried_again(desk: Desk, broken: set[int]) -> None:
    desk.round()
    with desk.runtime.database.reading() as connection:
        found = troubles.incident(connection, desk.runtime.now(), desk.cascade, 3)
    assert found is not None
    assert answered(desk, "resolve", reason="Told by telephone").over
    [entry] = desk.entries("IncidentResolved")
    assert set(entry.fact.keys) >= {"rung:2", "due"}
    assert (desk[3].failures, desk[3].retry_at) == (0, None)
    desk.at("2023-08-28T10:00").round()
    assert not desk.entries("RungReached", "DeadlineMissed", about=3)
    with desk.runtime.database.reading() as connection:
        assert troubles.incident(connection, desk.runtime.now(), desk.cascade, 3) is None
    assert desk.verdict().verified


@pytest.mark.parametrize(
    ("how", "number", "reason", "says"),
    [
        ("retry", 2, "why", "waits to be tried again"),
        ("resolve", 3, "  ", "say why"),
        ("forget", 3, "why", r"\(resolve\)"),
    ],
)
def test_an_answer_without_a_reason_or_an_incident_is_refused(
    desk: Desk, broken: set[int], how: str, number: int, reason: str, says: str
) -> None:
    desk.round()
    before = desk.head().last_seq
    with pytest.raises(Refused, match=says):
        answered(desk, how, number, reason)
    assert desk.head().last_seq == before
