"""A thousand random changes made behind the program's back, and who finds each: `cascade journal verify`, the seals that were
kept outside, and the checker of an archive, which has to say the same of all that an archive holds.

`-s` prints the table: kind of change, how often, found by whom.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.archiving.whole import Asked, write_archive
from engine.runtime import opened
from storage import documents, outside, verify_archive
from storage.faults import Fault
from storage.verification import verify
from tests.support.databases import Databases, quick_folder
from tests.support.desk import Desk, task
from tests.support.mutations import KINDS, Hand, Made, Redraw
from tests.support.sealing import outside as witness
from tests.support.sealing import round_with, sealed, sealer, something_happens, with_key
from tests.support.tampering import _unguarded as unguarded
from workflows.directive import ADMINISTRATION
from workflows.fields import parse_instant

DRAWS_MAX = 40  # for one that changes something: many changes are refused by a database, or mean nothing
IN_THE_ARCHIVE = ("documents", "seals", "outside")
TEXTS = ("{subject} was published and is gone", "{subject} is not the text that was published",
         "{subject} was never published")  # fmt: skip


@dataclass
class Office:
    """An office that has worked for some weeks, the seals it kept outside, and older copies of its database."""

    url: str
    notes: Path
    older: list[tuple[str, bool]] = field(
        default_factory=list
    )  # and whether what is missing there is younger than any seal


@pytest.fixture(scope="module")
def office(databases: Databases, template: str) -> Iterator[Office]:
    with quick_folder() as folder, ExitStack() as undone:
        made = Office(databases.copy(template), folder / "outside")
        undone.callback(databases.drop, made.url)
        for stage in (_first_weeks, _later, _newest):
            with opened(made.url) as runtime:
                stage(Desk(runtime), folder)
            if stage is not _newest:
                made.older.append((databases.copy(made.url), stage is _later))
                undone.callback(databases.drop, made.older[-1][0])
        yield made


def _seal(desk: Desk, folder: Path) -> None:
    made = with_key(desk.runtime, folder) if not (folder / "seal.key").exists() else sealer(desk.runtime, folder)
    sealed(made)
    round_with(desk.runtime, made, [witness(folder / "outside")]).run()


def _first_weeks(desk: Desk, folder: Path) -> None:
    desk.at("2023-08-14T09:00")
    runtime = desk.runtime
    with runtime.database.transaction() as connection:
        digest = documents.keep(connection, "txt", b"As it came", "department/clerk", runtime.now())
        documents.keep(connection, "txt", b"Never named", "department/clerk", runtime.now())
    more = {"officer": "Officer", "controller": "department", "recipient": "department"}
    asked = replace(desk.draft("province", task("2023-09-29", "department")), original=digest)
    [answer] = runtime.executor.execute([asked])
    desk.cascade = answer.cascade
    desk.issue(
        "department", task("2023-09-08", "unit-1", "unit-2", under=1, **more), task(None, "unit-3", mode="periodic")
    )
    desk.act("unit-1/clerk", 2, "receive")
    _seal(desk, folder)
    desk.act("unit-1/leader", 2, "request_extension", until="2023-09-15", reason="Staff are away")
    desk.report(3)
    _seal(desk, folder)


def _later(desk: Desk, folder: Path) -> None:
    desk.at("2023-08-21T09:00")
    other = Desk(desk.runtime, name="other")
    other.order("2023-09-29", "unit-1", "unit-4")
    other.live_until("2023-08-28T09:00")
    made = sealer(desk.runtime, folder)
    made.rotate(timedelta(days=2))
    _seal(desk, folder)
    desk.at("2023-09-05T09:00")
    other.act("unit-1/clerk", 2, "receive")
    _seal(desk, folder)


def _newest(desk: Desk, folder: Path) -> None:
    """What no seal covers yet."""
    desk.at("2023-09-06T09:00")
    third = Desk(desk.runtime, name="third")
    third.order("2023-09-29", "unit-5")
    something_happens(desk.runtime)


@dataclass
class Found:
    """What each of the three says of one database."""

    inside: list[Fault]
    outside: list[Fault]
    held: set[tuple[str, int | None]]  # those that an archive can show
    archive: set[tuple[str, int | None]]

    @property
    def by(self) -> str:
        return "verify" if self.inside else "seals outside" if self.outside else "nobody"


def look(connection: Connection, office: Office, folder: Path) -> Found:
    inside = list(verify(connection).faults)
    kept = list(outside.compare(connection, office.notes).faults)
    place = folder / "archive"
    write_archive(connection, place, Asked("the tests"), parse_instant("2023-09-07T09:00"))
    found = verify_archive.Check(verify_archive.Place(str(place)), str(office.notes)).run()
    said = {(one.chain, one.seq) for one in found.faults}
    for name in [*place.rglob("*")][::-1]:
        name.unlink() if name.is_file() else name.rmdir()
    place.rmdir()
    written = verify(connection, states=False).faults  # what is written, without the states that it gives
    return Found(inside, kept, {(one.chain, one.seq) for one in (*written, *kept) if _held(one)}, said)


class _Enough(Exception): ...


@contextmanager
def changed(connection: Connection, kind: object, dice: random.Random) -> Iterator[Made]:
    """The database after one change, its guards put back."""
    with unguarded(connection):
        try:
            made = kind(Hand(connection, dice))  # type: ignore[operator]
        except (DBAPIError, IndexError, ValueError) as error:
            raise Redraw from error
    yield made


def a_thousand(office: Office, count: int, seed: int) -> Counter[tuple[str, str]]:
    """So many changes, one after another, each taken back. Says of each what it was and who found it."""
    tally: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    kinds, weights = list(KINDS), list(KINDS.values())
    with opened(office.url) as runtime, quick_folder() as folder:
        for number in range(count):
            dice = random.Random(seed * 1_000_000 + number)
            for _ in range(DRAWS_MAX):
                [kind] = dice.choices(kinds, weights)
                try:
                    with runtime.database.transaction() as connection, changed(connection, kind, dice) as made:
                        found = look(connection, office, folder)
                        tally[
                            made.says, "by nature younger than every seal" if _by_nature(made, found) else found.by
                        ] += 1
                        wrong += [f"{number}: {made}: {one}" for one in _judged(made, found)]
                        raise _Enough
                except Redraw:
                    continue
                except _Enough:
                    break
            else:
                raise AssertionError("nothing can be changed any more")
    assert not wrong, "\n".join(wrong)
    return tally


def _by_nature(made: Made, found: Found) -> bool:
    return made.tail and found.by == "nobody"


def _judged(made: Made, found: Found) -> Iterator[str]:
    """What is not as it has to be."""
    if found.by == "nobody" and not made.tail:
        yield "nobody found it"
    named = {(one.chain, one.seq) for one in found.inside}
    if made.chain and found.inside and not any(chain == made.chain for chain, _ in named):
        yield f"another chain is named: {named}"
    if made.seq is not None and not {(made.chain, made.seq), (made.chain, made.seq - 1)} & named:
        yield f"entry {made.seq} is not the one that is named: {named}"
    if made.archived and _compared(found.held) != _compared(found.archive):
        yield f"the archive says {sorted(map(str, found.archive))}, the database {sorted(map(str, found.held))}"


def _compared(said: set[tuple[str, int | None]]) -> set[tuple[str, int | None]]:
    """Where the administration's chain is broken, what it tells of keys and texts is worth nothing: the entries remain."""
    broken = any(chain == ADMINISTRATION for chain, _ in said)
    return {one for one in said if one[1] is not None} if broken else said


def _held(one: Fault) -> bool:
    """Can an archive show it: an entry, a seal, a document, the text of what was published; no state, and no guard?"""
    if one.chain == "definitions":
        return getattr(one.says, "template", "") in TEXTS
    return one.seq is not None or one.chain in IN_THE_ARCHIVE


def printed(tally: Counter[tuple[str, str]]) -> None:
    print()
    for (says, by), count in sorted(tally.items()):
        print(f"{count:5}  {says:52}  {by}")
    print(f"{sum(tally.values()):5}  in all")


def test_what_is_changed_behind_the_programs_back_is_found(office: Office) -> None:
    printed(a_thousand(office, 40, seed=1))


@pytest.mark.long
def test_of_a_thousand_changes_every_one_is_found(office: Office, databases: Databases) -> None:
    count = 1000 if databases.empty().endswith(".db") else 200
    printed(a_thousand(office, count, seed=2))


def test_an_untouched_office_is_whole_for_all_three(office: Office) -> None:
    with opened(office.url) as runtime, runtime.database.reading() as connection, quick_folder() as folder:
        found = look(connection, office, folder)
    assert (found.inside, found.outside, found.archive) == ([], [], set())


def test_an_older_copy_that_was_put_back_is_found_by_the_seals_outside_alone(office: Office) -> None:
    """Inside everything is as it was; what is younger than the last seal outside nobody can miss, and its age is told."""
    for url, younger in office.older:
        with opened(url) as runtime, runtime.database.reading() as connection, quick_folder() as folder:
            found = look(connection, office, folder)
            age = outside.compare(connection, office.notes).newest_at
        assert found.inside == []
        assert bool(found.outside) is not younger
        assert found.archive == {(one.chain, one.seq) for one in found.outside}
        assert age is not None
