"""The seals of a database compared with copies that were kept outside it: finds a restored older database, a rewritten
history and forged seals, which nothing inside the database can show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from storage import notes, seal_keys, seals
from storage.faults import Fault
from workflows.calendar import VIETNAM
from workflows.text import Text, say

CHAIN = "outside"  # what these faults are told under
ENDING = ".note"


@dataclass(frozen=True, slots=True)
class Outside:
    """What a folder of notes says. `newest` and `newest_at` are of the newest note that the database has as well: up to there
    nothing was cut off; `missing` counts the numbers up to it that the folder does not hold."""

    notes: int
    newest: int | None
    newest_at: datetime | None
    missing: int
    faults: tuple[Fault, ...]


def compare(connection: Connection, directory: Path) -> Outside:
    """Compare a folder of notes with the seals of a database. Reads only. Raises OSError where the folder cannot be read.

    Whether the seals of the database hold in themselves, and the journal with them, is for `verification.verify`.
    """
    installation = seals.installation_id(connection)
    publics = seal_keys.publics(seal_keys.read(connection))
    same: list[notes.Note] = []
    absent: list[notes.Note] = []
    other: list[notes.Note] = []
    faults: list[Fault] = []
    count = 0
    for path, content in _files(directory):
        count += 1
        try:
            note = notes.read(content)
        except notes.Malformed as error:
            faults.append(_fault(say("{file} is no whole note of a seal: {error}", file=path.name, error=error)))
            continue
        wrong = _wrong(path, note, installation, publics)
        if wrong:
            faults.append(_fault(wrong))
            continue
        mine = seals.note_of(connection, note.number)
        if mine is None:
            absent.append(note)
        elif mine != note.whole:
            other.append(note)
        else:
            same.append(note)
    faults += [_fault(one) for one in (*_absent(absent), *_other(other))]
    newest = max(same, key=lambda one: one.number, default=None)
    missing = newest.number - len(same) if newest else 0
    return Outside(count, newest.number if newest else None, newest.at if newest else None, missing, tuple(faults))


def file_name(number: int) -> str:
    """The name of the file that holds a seal's note: in the order of the numbers."""
    return f"{number:010d}{ENDING}"


def _files(directory: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(directory.iterdir()):
        if path.suffix == ENDING and not path.name.startswith("."):
            with path.open("rb") as file:
                yield path, file.read(notes.NOTE_MAX + 1)


def _wrong(path: Path, note: notes.Note, installation: str | None, publics: dict[int, bytes]) -> Text | None:
    """What is wrong with a note whatever the database has."""
    if note.installation != installation:
        return say("{file} is of another installation, {other}", file=path.name, other=note.installation)
    if path.name != file_name(note.number):
        return say("{file} holds the note of seal {number}", file=path.name, number=note.number)
    if not notes.signers(note, publics):
        known = {notes.key_name(note.installation, number) for number in publics}
        if known & set(notes.numbers_named(note)):
            return say("{file} is forged: its signature does not hold", file=path.name)
        return say("{file} is signed with a key that this database does not know: it is forged, or the database is older"
                   " than that key", file=path.name)  # fmt: skip
    return None


def _absent(found: list[notes.Note]) -> list[Text]:
    if not found:
        return []
    if len(found) == 1:
        return [
            say("seal {number} was kept outside and is not in the database: it was restored from a copy that is older than"
                " {moment}, or its end was cut off", number=found[0].number, moment=_moment(found[0].at))
        ]  # fmt: skip
    return [
        say("seals {first} to {last} were kept outside and are not in the database: it was restored from a copy that is older"
            " than {moment}, or its end was cut off", first=found[0].number, last=found[-1].number, moment=_moment(found[0].at))
    ]  # fmt: skip


def _other(found: list[notes.Note]) -> list[Text]:
    if not found:
        return []
    return [
        say("the database has another seal {number} than the one that was kept outside at {moment}: its history was"
            " rewritten, or it went on from an older copy", number=found[0].number, moment=_moment(found[0].at))
    ]  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def _fault(says: Text) -> Fault:
    return Fault(CHAIN, None, says)
