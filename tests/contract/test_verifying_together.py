"""Several processes find what one finds; a verification that was broken off goes on, and says what it did not read again."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from engine import verifying
from engine.errors import Unreadable
from engine.runtime import Runtime
from engine.verifying import Verified, verify
from storage.verification import Verdict
from storage.verification import verify as verify_alone
from tests.support.databases import tamper
from tests.support.desk import Desk
from tests.support.sealing import sealed, with_key


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Desk:
    for place in range(3):
        Desk(desk.runtime, name=f"desk {place}").order("2023-09-29", "unit-1", "unit-2")
    desk.order("2023-09-29", *(f"unit-{number}" for number in range(1, 9)))
    sealed(with_key(desk.runtime, tmp_path))
    return desk


@pytest.fixture
def _in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "PART", 4)
    monkeypatch.setattr(verifying, "SHARE", 8)
    monkeypatch.setattr(verifying, "_FEW", 0)
    monkeypatch.setattr(verifying, "_FEW_ALONE", 0)


def url_of(runtime: Runtime) -> str:
    return runtime.database.url.render_as_string(hide_password=False).removeprefix("sqlite:///")


def alone(runtime: Runtime, states: bool = True) -> Verdict:
    with runtime.database.reading() as connection:
        return verify_alone(connection, states=states)


@pytest.mark.usefixtures("_in_small_parts")
@pytest.mark.parametrize("states", [pytest.param(True, marks=pytest.mark.long), False])
def test_several_processes_find_what_one_finds(office: Desk, states: bool) -> None:
    told: list[int] = []
    found = verify(office.runtime.database, progressed=told.append, states=states, jobs=2)
    assert found.verdict == alone(office.runtime, states)
    assert found.verdict.verified
    assert told[-1] == found.verdict.entries
    office.runtime.database.close()
    last = office.entries()[-1].seq
    chain = f"cascade_id = '{office.cascade}'"
    tamper(
        url_of(office.runtime),
        f"UPDATE journal SET office = 'x' WHERE {chain} AND seq IN (6, {last})",
        "DELETE FROM journal WHERE cascade_id = 'administration' AND seq = 3",
        "UPDATE obligation SET state = 'x' WHERE number = 2",
    )
    broken = verify(office.runtime.database, states=states, jobs=2).verdict.faults
    assert {(one.chain, one.seq) for one in broken} == {
        (one.chain, one.seq) for one in alone(office.runtime, states).faults
    }
    assert (office.cascade, 6) in {(one.chain, one.seq) for one in broken}


def test_what_was_verified_is_not_read_again_and_what_is_not_read_is_said(office: Desk, tmp_path: Path) -> None:
    kept, database = tmp_path / "verified.txt", office.runtime.database
    first = verify(database, resume=kept)
    assert (first.passed_over, first.entries_passed_over) == (0, 0)
    again = verify(database, resume=kept)
    assert (again.verdict.entries, again.passed_over, again.entries_passed_over) == (0, 5, first.verdict.entries)
    office.act("unit-1/clerk", 2, "receive")
    grown = verify(database, resume=kept)
    assert grown.verdict.entries == office.head().last_seq, (
        "with states a chain that has grown is read from its beginning"
    )
    lines = kept.read_text().splitlines()
    kept.write_text("\n".join([lines[0], *lines[3:6], lines[6][:10]]))
    assert verify(database, resume=kept).passed_over == 3, "a line that was cut off counts for nothing"
    assert verify(database, resume=kept).passed_over == 5


@pytest.mark.usefixtures("_in_small_parts")
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.long)])
def test_without_states_a_chain_goes_on_from_where_it_was(office: Desk, tmp_path: Path, jobs: int) -> None:
    kept, database = tmp_path / "verified.txt", office.runtime.database
    verify(database, states=False, resume=kept)
    before = office.head().last_seq
    for number in range(2, 8):
        office.act(f"unit-{number - 1}/clerk", number, "receive")
    found = verify(database, states=False, jobs=jobs, resume=kept)
    assert found.verdict.verified
    assert found.verdict.entries == office.head().last_seq - before > verifying.PART
    assert verify(database, states=False, jobs=jobs, resume=kept).passed_over == 5


def test_a_bad_chain_is_read_again_each_time(office: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "verified.txt"
    office.runtime.database.close()
    tamper(url_of(office.runtime), f"UPDATE journal SET office = 'x' WHERE cascade_id = '{office.cascade}' AND seq = 4")
    for _ in range(2):
        found = verify(office.runtime.database, resume=kept)
        assert [(one.chain, one.seq) for one in found.verdict.faults] == [(office.cascade, 4)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda head: b"a shopping list\n", "no file of a verification"),
        (lambda head: orjson.dumps({**head, "installation": "x"}), "another installation"),
        (lambda head: orjson.dumps({**head, "states": False}), "looked at states otherwise"),
    ],
)
def test_a_file_of_something_else_is_refused(
    desk: Desk, tmp_path: Path, change: Callable[[dict[str, object]], bytes], said: str
) -> None:
    kept = tmp_path / "verified.txt"
    verify(desk.runtime.database, resume=kept)
    first, *_ = kept.read_bytes().splitlines()
    kept.write_bytes(change(orjson.loads(first)))
    with pytest.raises(Unreadable, match=said):
        verify(desk.runtime.database, resume=kept)


def test_verified_is_a_verdict_with_what_was_passed_over(desk: Desk) -> None:
    assert verify(desk.runtime.database) == Verified(alone(desk.runtime), 0, 0)
