"""Four writers at once, each a node of its own: one cascade has one writer at a time, many cascades have many."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from engine.execute import Answer
from engine.runtime import Runtime
from storage.journal import chain_hash
from tests.support.desk import Desk, task
from workflows.errors import Conflict

ON_PARTITIONS = True

WRITERS = 4
ROUNDS = 18
LATE = "2023-09-20"


def work(desk: Desk, unit: str, rounds: int, under: int | None) -> None:
    """The department gives a unit one task after the other; the unit receives, reports, and is done."""
    for _ in range(rounds):
        [number] = desk.issue("department", task(LATE, unit, under=under))
        desk.act(f"{unit}/clerk", number, "receive")
        desk.act(f"{unit}/leader", number, "report", symbol="1/BC", sent_on="2023-08-14")
        desk.act("department/leader", number, "accept")


def at_once(open_node: Callable[[], Runtime], do: Callable[[Runtime, int], None], writers: int = WRITERS) -> None:
    """Every writer on a node of its own, all starting together; what one raises is raised here."""
    nodes, start = [open_node() for _ in range(writers)], Barrier(writers)

    def run(place: int) -> None:
        start.wait(timeout=30)
        do(nodes[place], place)

    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(run, place) for place in range(writers)]:
            done.result(timeout=120)


def assert_linear(desk: Desk) -> None:
    previous = ""
    for seq, entry in enumerate(desk.entries(), 1):
        assert entry.seq == seq
        assert entry.hash == chain_hash(previous, entry.body)
        previous = entry.hash
    assert desk.head().last_hash == previous


def test_four_writers_on_one_cascade_lose_nothing(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    desk.issue("province", task("2023-09-29", "department"))

    def write(node: Runtime, place: int) -> None:
        work(Desk(node, desk.cascade, f"writer-{place}"), f"unit-{place + 1}", ROUNDS, under=1)

    at_once(open_node, write)
    parent, head = desk[1], desk.head()
    assert (parent.leads_open, parent.leads_done, parent.leads_void) == (0, WRITERS * ROUNDS, 0)
    assert head.next_obligation == WRITERS * ROUNDS + 2
    assert head.next_directive == WRITERS * ROUNDS + 2
    assert parent.joined_at is not None
    assert {one.state for one in desk.obligations()[1:]} == {"accepted"}
    assert_linear(desk)
    assert desk.verdict().verified


def test_four_writers_on_many_cascades_lose_nothing(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    cascades: list[str] = []

    def write(node: Runtime, place: int) -> None:
        for turn in range(ROUNDS // 3):
            mine = Desk(node, name=f"writer-{place}-{turn}")
            work(mine, f"unit-{place + 1}", 2, under=None)
            cascades.append(mine.cascade)

    at_once(open_node, write)
    assert len(set(cascades)) == WRITERS * (ROUNDS // 3)
    for cascade in cascades:
        mine = Desk(desk.runtime, cascade)
        assert [one.state for one in mine.obligations()] == ["accepted", "accepted"]
        assert_linear(mine)
    assert desk.verdict().chains == len(cascades) + 1
    assert desk.verdict().verified


def test_the_same_command_from_four_writers_is_carried_out_once(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    desk.order("2023-09-29", "unit-1")
    command, answers = desk.asks("unit-1/clerk", 2, "receive"), []
    at_once(open_node, lambda node, _: answers.extend(node.executor.execute([command])))
    assert sorted(answer.again for answer in answers) == [False, True, True, True]
    assert len({(answer.first_seq, answer.last_seq) for answer in answers}) == 1
    assert len(desk.entries("Acted", about=2)) == 1


def test_the_same_act_from_four_writers_is_carried_out_once_though_the_law_would_take_it_again(
    desk: Desk, open_node: Callable[[], Runtime]
) -> None:
    """What was sent back may be reported again: only the key of the answered commands tells that this report is the old one."""
    desk.order("2023-09-29", "unit-1")
    desk.act("unit-1/clerk", 2, "receive")
    report = desk.asks("unit-1/leader", 2, "report", symbol="1/BC", sent_on="2023-08-14")
    answers: list[Answer] = []
    at_once(open_node, lambda node, _: answers.extend(node.executor.execute([report])))
    desk.act("department/leader", 2, "redo", reason="Not enough")
    before = desk[2]
    at_once(open_node, lambda node, _: answers.extend(node.executor.execute([report])))
    assert sorted(answer.again for answer in answers) == [False, *[True] * 7]
    assert len({(answer.first_seq, answer.last_seq, answer.obligations) for answer in answers}) == 1
    assert desk[2] == before
    for other in (replace(report, fields={**report.fields, "symbol": "2/BC"}), replace(report, obligation=1)):
        with pytest.raises(Conflict):
            desk.runtime.executor.execute([other])
    assert desk[2] == before
    desk.act("unit-1/leader", 2, "report", symbol="1/BC", sent_on="2023-08-14")
    assert [one.fact.action for one in desk.entries("Acted", about=2)] == ["receive", "report", "redo", "report"]
    assert desk.verdict().verified


def test_four_nodes_that_issue_the_same_root_directive_open_one_cascade(
    desk: Desk, open_node: Callable[[], Runtime]
) -> None:
    for turn in range(5):
        command, answers = desk.draft("department", task(LATE, "unit-1", "unit-2"), id=f"root-{turn}"), []
        at_once(open_node, lambda node, _, ask=command, got=answers: got.extend(node.executor.execute([ask])))  # type: ignore[misc]
        assert sorted(answer.again for answer in answers) == [False, True, True, True]
        assert len({answer.cascade for answer in answers}) == 1
        assert len(Desk(desk.runtime, answers[0].cascade).obligations()) == 2
    assert desk.verdict().chains == 6
    assert desk.verdict().verified


def test_two_nodes_that_make_a_round_at_once_fire_each_clock_once(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    cascades = []
    for turn in range(6):
        mine = Desk(desk.runtime, name=f"turn-{turn}")
        mine.order("2023-08-25", "unit-1", "unit-2", "unit-3")
        cascades.append(mine)
    for when in ("2023-08-16T09:00", "2023-08-25T09:00", "2023-08-31T09:00"):
        desk.at(when)
        at_once(open_node, lambda node, _: node.elapse.run(), writers=2)
        at_once(open_node, lambda node, _: node.elapse.run(), writers=2)
    for mine in cascades:
        for number in (2, 3, 4):
            fired = [
                one.fact.key for one in mine.entries("ReceiptMissed", "RungReached", "DeadlineMissed", about=number)
            ]
            assert fired == ["receive", "rung:2", "due", "rung:3"]
        assert_linear(mine)
    assert desk.verdict().verified


def test_a_round_and_writers_at_once_lose_nothing(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    desk.order("2023-08-25", *(f"unit-{n}" for n in range(1, 9)))
    desk.at("2023-08-31T09:00")

    def act(node: Runtime, place: int) -> None:
        if place == 0:
            for _ in range(5):
                node.elapse.run()
            return
        mine = Desk(node, desk.cascade, f"writer-{place}")
        for number in range(1 + place, 10, 3):
            mine.report(number, cause="Staff were away")
            mine.accept(number)

    at_once(open_node, act)
    assert desk[1].leads_done == 8
    for number in range(2, 10):
        keys = [one.fact.key for one in desk.entries("RungReached", "DeadlineMissed", about=number)]
        assert len(keys) == len(set(keys))
    assert desk.verdict().verified
