"""With a machine that refuses everything, nothing happens: no act, no passing of time, no issue, no end is beside it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.law import Law, notice
from tests.support.offices import DEPARTMENT
from workflows.batch import Batch
from workflows.built_in import BUILT_IN
from workflows.commands import Command, ItemDraft, MakeOffer
from workflows.errors import Refused
from workflows.fields import parse_instant
from workflows.ladder import clocks
from workflows.machine import StateMachine, StepRefused
from workflows.obligation import Offer

ORDER = ItemDraft("1", "Do it", due=parse_instant("2023-08-25"), lead=("unit-1",), parent=1)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, every machine refuses every step."""

    def refuse(*_: object) -> str:
        raise StepRefused("this machine refuses everything")

    return lambda: monkeypatch.setattr(StateMachine, "step", refuse)


def law_with(*happened: str, mode: str | None = None) -> Law:
    """Obligation 2 of unit-1 (with one of unit-2 beside it), after these steps."""
    law = Law()
    law.order("2023-08-25", "unit-1", "unit-2")
    if mode:
        law.put(law.issue("department", ItemDraft("2", "More", mode=mode, lead=("unit-1",), parent=1)))
    for step in happened:
        getattr(law, step)(2)
    return law


def asked(law: Law) -> Law:
    law.put(law.act("unit-1/leader", 2, "request_extension", until="2023-08-25", reason="Late"))
    return law


def with_request() -> Law:
    law = Law()
    law.order("2023-08-25", "unit-1")
    law.put(law.issue("department", ItemDraft("2", "More", mode="once", lead=("unit-3",))))
    law.put(law.act("unit-3/leader", 3, "request_extension", until="2023-09-25", reason="Late"))
    return law


def told(days: int = 10) -> Law:
    law = law_with("receive")
    law.pass_time(timedelta(days=days))
    return law


def with_counter() -> Law:
    law = with_request()
    law.decide(3, "counter_extension", until="2023-09-15", reason="Ten days are enough")
    return law


def paused() -> Law:
    law = law_with("receive")
    law.decide(2, "pause", **STORM)
    return law


def with_offer() -> Law:
    law = law_with("receive")
    offer = Offer("elsewhere", 7, "5/BC", law.now, "unit-1", "8/KH")
    law.put(MakeOffer("offer", law.world.opened.id, 2, offer))
    return law


def waiting_for_an_event() -> Law:
    law = Law()
    law.put(law.issue(DEPARTMENT, ItemDraft("1", "Report on it", lead=("unit-1",), due_form="until_event",
                                            due_rule="event", due_event="kết thúc hội nghị")))  # fmt: skip
    return law


STORM = {"document": "3/CD", "until": "2023-08-20", "reason": "Storm"}
L = "unit-1/leader"
D = "department/leader"
SENT = {"task": "4.1", "done_on": "2023-09-13", "note": "Sent by post", "document": "80/CV"}
BC = {"symbol": "1/BC", "sent_on": "2023-08-14"}
ACTS: dict[str, Callable[[], tuple[Law, tuple[str, int, str], dict[str, str]]]] = {
    "receive": lambda: (law_with(), ("unit-1/clerk", 2, "receive"), {}),
    "update": lambda: (law_with("receive"), ("unit-1/officer", 2, "update"), {"note": "Half done"}),
    "report": lambda: (law_with("receive"), (L, 2, "report"), BC),
    "accept": lambda: (law_with("report"), (D, 2, "accept"), {}),
    "redo": lambda: (law_with("report"), (D, 2, "redo"), {"reason": "No"}),
    "dispute": lambda: (law_with(), (L, 2, "dispute"), {"reason": "Not ours"}),
    "insist": lambda: (law_with("dispute"), (D, 2, "insist"), {"reason": "Yours"}),
    "reassign": lambda: (law_with("dispute"), (D, 2, "reassign"), {"new_holder": "unit-5"}),
    "stop": lambda: (law_with(), (D, 2, "stop"), {"document": "1/CV", "reason": "Over"}),
    "close": lambda: (law_with(), (D, 2, "close"), {"reason": "Nobody needs it"}),
    "pause": lambda: (law_with("receive"), (D, 2, "pause"), STORM),
    "resume": lambda: (paused(), (D, 2, "resume"), {"reason": "The storm is over"}),
    "acknowledge": lambda: (told(), (L, 2, "acknowledge"), {}),
    "name_officer": lambda: (law_with(), (L, 2, "name_officer"), {"officer": "Officer of records"}),
    "record_task": lambda: (told(30), ("department/clerk", 2, "record_task"), SENT),
    "request_extension": lambda: (
        with_request(), ("unit-1/leader", 2, "request_extension"), {"until": "2023-09-01", "reason": "Late"},
    ),
    "grant_extension": lambda: (with_request(), (D, 3, "grant_extension"), {}),
    "counter_extension": lambda: (
        with_request(), (D, 3, "counter_extension"), {"until": "2023-09-15", "reason": "Ten days are enough"},
    ),
    "accept_counter": lambda: (with_counter(), ("unit-3/leader", 3, "accept_counter"), {}),
    "withdraw_extension": lambda: (with_request(), ("unit-3/leader", 3, "withdraw_extension"), {}),
    "urge": lambda: (law_with(), (D, 2, "urge"), {"document": "9/CV"}),
    "take_offer": lambda: (with_offer(), (L, 2, "take_offer"), {"offer": "elsewhere/7"}),
    "decline_offer": lambda: (with_offer(), (L, 2, "decline_offer"), {"offer": "elsewhere/7", "reason": "It is not"}),
    "refuse_extension": lambda: (with_request(), (D, 3, "refuse_extension"), {"reason": "No"}),
    "open_event": lambda: (
        law_with(mode="on_event"), ("unit-1/clerk", 4, "open_event"), {"event_on": "2023-08-14", "note": "A file"},
    ),
    "set_event_day": lambda: (
        waiting_for_an_event(), ("unit-1/clerk", 1, "set_event_day"), {"event_on": "2023-08-20"},
    ),
    "carry_over": lambda: (law_with(mode="linked"), (D, 4, "carry_over"), {}),
    "conclude": lambda: (law_with(mode="linked"), (D, 4, "conclude"), {}),
}  # fmt: skip


def assert_stopped_by_the_machine(law: Law, command: Command, refusing: Callable[[], None]) -> None:
    assert law.refuses(command) is None, "it would be refused anyway, so this proves nothing"
    refusing()
    law.world.batch = Batch()  # what an earlier batch remembers says nothing of this one
    assert law.refuses(command) is not None
    with pytest.raises(Refused):
        law.put(command)


def test_every_action_there_is_is_among_those_tried() -> None:
    beside = {"relay", "elapse"}  # taken by issuing, and by time alone
    assert set(ACTS) == {*notice().definition.obligation.actions, *BUILT_IN} - beside


@pytest.mark.parametrize("action", ACTS)
def test_no_act_is_taken_beside_the_machine(action: str, refusing: Callable[[], None]) -> None:
    law, (who, number, name), fields = ACTS[action]()
    if action == "request_extension":
        who, number = "unit-3/leader", 3
        law.decide(3, "refuse_extension", reason="No")
        fields |= {"until": "2023-10-02"}
    assert_stopped_by_the_machine(law, law.act(who, number, name, **fields), refusing)


def test_no_directive_is_issued_beside_the_machine(refusing: Callable[[], None]) -> None:
    law = Law()
    root = law.issue("department", ItemDraft("1", "Do it", due=parse_instant("2023-09-01"), lead=("unit-1",)))
    assert_stopped_by_the_machine(law, root, refusing)


def test_nothing_is_passed_on_beside_the_machine(refusing: Callable[[], None]) -> None:
    law = law_with()
    assert_stopped_by_the_machine(law, law.issue("department", ORDER), refusing)


def test_no_directive_is_revoked_beside_the_machine(refusing: Callable[[], None]) -> None:
    law = law_with()
    assert_stopped_by_the_machine(law, law.end(2), refusing)


WAITING: dict[str, Callable[[], tuple[Law, int, str]]] = {
    "receive": lambda: (law_with(), 2, "2023-08-16T09:00"),
    "rung": lambda: (law_with("receive"), 2, "2023-08-22T09:00"),
    "due": lambda: (law_with("receive"), 2, "2023-08-28T09:00"),
    "answer": lambda: (law_with("report"), 2, "2023-08-20T09:00"),
    "decide": lambda: (with_request(), 3, "2023-08-17T09:00"),
    "period": lambda: (law_with(mode="periodic"), 4, "2023-09-20T09:00"),
    "pause": lambda: (paused(), 2, "2023-08-21T09:00"),
    "review": lambda: (law_with(mode="linked"), 4, "2023-12-20T09:00"),
    "until": lambda: (law_with(mode="linked"), 4, "2024-01-02T09:00"),
}


@pytest.mark.parametrize("kind", WAITING)
def test_no_clock_runs_out_beside_the_machine(kind: str, refusing: Callable[[], None]) -> None:
    law, number, when = WAITING[kind]()
    law.now = parse_instant(when)
    one = law[number]
    assert kind in [clock.kind for clock in clocks(one, notice(), law.world.calendar) if clock.at <= law.now]
    assert_stopped_by_the_machine(law, law.elapse(number), refusing)


def test_time_that_runs_out_for_nothing_needs_no_step(refusing: Callable[[], None]) -> None:
    law = law_with("receive")
    refusing()
    assert law.put(law.elapse(2)) == []
