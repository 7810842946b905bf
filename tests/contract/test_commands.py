"""A command is carried out once, all of a batch or none of it, and a refusal leaves no trace."""

from dataclasses import replace

import pytest

from storage import bulk
from storage.bulk import FEW
from storage.errors import Unavailable
from tests.support.databases import tables
from tests.support.desk import Desk, task
from workflows.directive import Basis
from workflows.errors import Conflict, NotFound, NotOpen, NotYours, Refused

ON_PARTITIONS = True


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.order("2023-09-29", "unit-1", "unit-2")
    return desk


def everything(desk: Desk) -> dict[str, object]:
    database = desk.runtime.database
    url = database.url.render_as_string(hide_password=False) if not database.is_sqlite else str(database.url.database)
    return dict(tables(url))


def test_a_command_that_comes_again_is_answered_as_before_and_nothing_new_is_stored(office: Desk) -> None:
    command = office.asks("unit-1/clerk", 2, "receive")
    [first] = office.runtime.executor.execute([command])
    before = everything(office)
    [second] = office.runtime.executor.execute([command])
    assert replace(second, again=False) == first
    assert (first.again, second.again) == (False, True)
    assert everything(office) == before


def test_a_command_that_comes_again_after_the_world_moved_on_is_answered_as_before(office: Desk) -> None:
    command = office.asks("unit-1/clerk", 2, "receive")
    [first] = office.runtime.executor.execute([command])
    office.report(2)
    office.accept(2)
    [again] = office.runtime.executor.execute([command])
    assert replace(again, again=False) == first


def test_a_directive_that_is_issued_again_opens_no_second_cascade(office: Desk) -> None:
    command = replace(office.draft("department", task("2023-09-20", "unit-1")), cascade=None)
    [first] = office.runtime.executor.execute([command])
    before = everything(office)
    [second] = office.runtime.executor.execute([command])
    assert (second.cascade, second.obligations, second.again) == (first.cascade, first.obligations, True)
    assert everything(office) == before


def test_the_same_id_with_another_content_is_a_conflict(office: Desk) -> None:
    command = office.asks("unit-1/clerk", 2, "receive")
    office.runtime.executor.execute([command])
    before = everything(office)
    for other in (
        replace(command, obligation=3),
        replace(command, fields={"note": "x"}),
        replace(command, action="stop"),
    ):
        with pytest.raises(Conflict):
            office.runtime.executor.execute([other])
    assert everything(office) == before


def test_a_root_directive_with_a_used_id_is_a_conflict(desk: Desk) -> None:
    command = desk.draft("department", task("2023-09-20", "unit-1"))
    desk.runtime.executor.execute([command])
    with pytest.raises(Conflict):
        desk.runtime.executor.execute([replace(command, subject="Something else")])


def test_a_refused_command_is_not_stored_and_can_be_tried_again(office: Desk) -> None:
    too_early = office.asks("department/leader", 2, "accept")
    before = everything(office)
    with pytest.raises(NotOpen):
        office.runtime.executor.execute([too_early])
    assert everything(office) == before
    office.report(2)
    [answer] = office.runtime.executor.execute([too_early])
    assert not answer.again
    assert office[2].state == "accepted"


@pytest.mark.parametrize(
    ("who", "number", "action", "why"),
    [
        ("unit-2/clerk", 2, "receive", NotYours),
        ("unit-1/clerk", 2, "accept", NotOpen),
        ("unit-1/clerk", 2, "fly", NotOpen),
        ("unit-1/clerk", 99, "receive", NotFound),
        ("department/leader", 1, "report", Refused),
    ],
)
def test_whatever_is_refused_changes_nothing(office: Desk, who: str, number: int, action: str, why: type) -> None:
    before = everything(office)
    with pytest.raises(why):
        office.act(who, number, action)
    assert everything(office) == before


def test_a_batch_is_carried_out_in_order_each_seeing_what_the_one_before_it_did(office: Desk) -> None:
    batch = [
        office.asks("unit-1/clerk", 2, "receive"),
        office.asks("unit-1/leader", 2, "report", symbol="1/BC", sent_on="2023-08-14"),
        office.asks("department/leader", 2, "accept"),
    ]
    answers = office.runtime.executor.execute(batch)
    assert [one.first_seq for one in answers] == sorted(one.first_seq for one in answers)
    assert office[2].state == "accepted"
    assert office.verdict().verified


@pytest.mark.parametrize("bad_at", [0, 1, 2])
def test_a_batch_is_all_or_nothing(office: Desk, bad_at: int) -> None:
    batch = [office.asks("unit-1/clerk", 2, "receive"), office.asks("unit-2/clerk", 3, "receive")]
    bad = office.asks("unit-1/clerk", 2, "accept")
    before = everything(office)
    with pytest.raises(Refused):
        office.runtime.executor.execute([*batch[:bad_at], bad, *batch[bad_at:]])
    assert everything(office) == before
    assert not any(one.again for one in office.runtime.executor.execute(batch))


def test_a_batch_of_many_commands_is_one_transaction(office: Desk) -> None:
    """More of them than what PostgreSQL takes row by row, and an answer of each is kept."""
    office.act("unit-1/clerk", 2, "receive")
    batch = [office.asks("unit-1/officer", 2, "update", note=f"{part} of {FEW + 50}") for part in range(FEW + 50)]
    answers = office.runtime.executor.execute(batch)
    assert [one.first_seq for one in answers] == list(range(answers[0].first_seq, answers[0].first_seq + FEW + 50))
    assert office.runtime.executor.execute(batch) == [replace(one, again=True) for one in answers]
    assert office.verdict().verified


def test_few_entries_may_bring_many_bases(desk: Desk) -> None:
    """What is stored of one directive need not be as few as its entries."""
    bases = tuple(Basis("cites", f"{number}/QĐ-TTg") for number in range(3))
    items = [replace(task("2023-09-29", "unit-1", bases=bases), label=str(label)) for label in range(FEW - 50)]
    desk.issue("department", *items)
    database = desk.runtime.database
    with database.reading() as connection:
        [(based,)] = bulk.read(connection, "SELECT count(*) FROM basis")
    assert len(desk.entries()) < FEW < based
    assert desk.verdict().verified


def test_a_batch_that_repeats_a_command_carries_it_out_once(office: Desk) -> None:
    command = office.asks("unit-1/clerk", 2, "receive")
    first, second = office.runtime.executor.execute([command, command])
    assert (first.again, second.again) == (False, True)
    assert replace(second, again=False) == first
    assert len(office.entries("Acted", about=2)) == 1


def test_a_batch_that_uses_one_id_for_two_things_is_a_conflict(office: Desk) -> None:
    command = office.asks("unit-1/clerk", 2, "receive")
    before = everything(office)
    with pytest.raises(Conflict):
        office.runtime.executor.execute(
            [command, replace(command, obligation=3, by=replace(command.by, office="unit-2"))]
        )
    assert everything(office) == before


def test_a_batch_over_two_cascades_is_refused(office: Desk) -> None:
    command = office.asks("unit-1/clerk", 2, "receive")
    with pytest.raises(ValueError, match="one cascade"):
        office.runtime.executor.execute([command, replace(command, id="other", cascade="elsewhere")])


def test_a_cascade_that_is_not_there_is_not_found(office: Desk) -> None:
    with pytest.raises(NotFound):
        office.runtime.executor.execute([replace(office.asks("unit-1/clerk", 2, "receive"), cascade="elsewhere")])


def test_a_failure_in_the_middle_of_writing_leaves_nothing(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    command = office.asks("unit-1/clerk", 2, "receive")
    before = everything(office)
    with monkeypatch.context() as broken:
        broken.setattr("storage.saving.outbox.add", _raise)
        with pytest.raises(Unavailable):
            office.runtime.executor.execute([command])
    assert everything(office) == before
    office.runtime.executor.execute([command])
    assert office.verdict().verified


def _raise(*_: object) -> None:
    raise Unavailable("the disk is full")
