"""Seals made, and the keys they are made with: the first one, the next one with an overlap, one after a loss.

A key is in its file before the journal tells of it, so that whatever is cut short can be done again.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine import seal_key_file
from engine.clock import Clock
from engine.deeds import INSTALLER
from storage import installation as installations
from storage import journal, notes, seal_keys, seals
from storage.database import Database
from storage.errors import Unavailable, WrongSchema
from storage.seal_keys import Key
from storage.seals import LEAVES_MAX, Head, Seal
from workflows.commands import Actor
from workflows.directive import ADMINISTRATION
from workflows.errors import Conflict, Unmet
from workflows.text import say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MARGIN = timedelta(minutes=2)  # before the last seal: a transaction that had begun may have been stored after it


@dataclass(frozen=True, slots=True)
class KeyMade:
    """A key that came into use: its number, where it lies, its public half, and until when the one before it signs too."""

    number: int
    path: Path
    public: str
    overlap_until: datetime | None = None


class Sealer:
    """Seals one installation with the keys of one file."""

    def __init__(self, database: Database, clock: Clock, path: Path) -> None:
        self._database, self._clock, self._path = database, clock, path

    def seal(self, since: datetime | None = None) -> tuple[Seal | None, bool]:
        """Seal what no seal covers; and whether more is left than one seal holds. None where there is nothing to seal, or
        where somebody else was faster.

        Chains are looked at whose entries were recorded `since` then; all of them without. Raises Unavailable where the keys
        cannot be used, Unmet where none is in use.
        """
        with self._database.reading() as connection:
            heads = seals.changed(connection, since)
            if not heads:
                return None, False
            before, mine = seals.last(connection), named(connection)
            sealed = max([seals.sealed_to(connection, ADMINISTRATION), *_of_administration(heads)])
            keys = seal_keys.read(connection)
        made, text = seals.made(mine, before, heads, self._clock.now())
        signing = self._signing(mine, seal_keys.counting(keys, sealed, made.at))
        seal = Seal(made.number, made.at, made.leaves, made.root, notes.signed(text, mine, signing))
        stored = self._database.insist(lambda: self._store(seal, heads))
        return (seal if stored else None), len(heads) >= LEAVES_MAX

    def _store(self, seal: Seal, heads: Sequence[Head]) -> bool:
        """Heads that were read stay true for ever; only the number may have gone to somebody else."""
        with self._database.transaction() as connection:
            if not seals.hold(connection):
                return False
            found = seals.last(connection)
            if (found.number if found else 0) != seal.number - 1:
                return False
            seals.add(connection, seal, heads)
        return True

    def _signing(self, mine: str, wanted: Sequence[Key]) -> seal_key_file.Keys:
        if not wanted:
            raise Unmet(say("seal the journal"), say("no key is in use"), [say("make one: cascade seal init")])
        there = seal_key_file.read(self._path, mine)
        for one in wanted:
            if one.number not in there:
                raise Unavailable(say("{path} does not hold key {number}, which signs now", path=self._path,
                                      number=one.number))  # fmt: skip
            if notes.public_of(there[one.number]) != one.public:
                raise Unavailable(say("{path} holds another key {number} than the journal tells of", path=self._path,
                                      number=one.number))  # fmt: skip
        return {one.number: there[one.number] for one in wanted}

    def check(self) -> None:
        """Raises Unavailable or Unmet where it could not seal now."""
        with self._database.reading() as connection:
            keys = seal_keys.read(connection)
            self._signing(named(connection), seal_keys.counting(keys, _everything(keys), self._clock.now()))

    def init(self, by: Actor = INSTALLER) -> KeyMade:
        """Make the first key, and put its public half on the record. Raises Conflict where there is one: in use, or a file."""
        with self._database.reading() as connection:
            mine, keys = named(connection), seal_keys.read(connection)
        if keys:
            raise Conflict(
                say("make a first seal key"),
                say("key {number} is in use", number=keys[-1].number),
                [say("replace it: cascade seal rotate"), say("see it: cascade seal status")],
            )
        return self._first_in_its_file(mine, 1, 0, by)

    def _first_in_its_file(self, mine: str, number: int, before: int, by: Actor) -> KeyMade:
        """A key that no other signs, in a new file; one that was cut short after its file was written is taken up again."""
        left = self._left_over(mine, number)
        private = left or notes.new_key()
        key = Key(number, notes.public_of(private), 0)
        return self._put_on_record(
            key, before, by, lambda: None if left else seal_key_file.create(self._path, mine, {number: private})
        )

    def rotate(self, overlap: timedelta, by: Actor = INSTALLER) -> KeyMade:
        """Make the next key, signed by the one in use; both sign until the overlap is over. Raises Unmet where none is."""
        with self._database.reading() as connection:
            mine, keys = named(connection), seal_keys.read(connection)
        if not keys:
            raise Unmet(say("replace the seal key"), say("there is none"), [say("make one: cascade seal init")])
        now, last = self._clock.now(), keys[-1]
        there = seal_key_file.read(self._path, mine)
        self._signing(mine, [last])
        private = there.get(last.number + 1) or notes.new_key()  # one that was cut short is taken up again
        until = now + overlap if overlap else None
        public = notes.public_of(private)
        text = notes.succession_text(mine, last.number + 1, base64.b64encode(public).decode(), until)
        signature = there[last.number].sign(text.encode())
        signing = {one.number for one in seal_keys.counting(keys, _everything(keys), now)}
        kept = {number: key for number, key in there.items() if number in signing}
        made = Key(last.number + 1, public, 0, last.number, signature, until)
        held = {**kept, made.number: private}
        return self._put_on_record(made, len(keys), by, lambda: seal_key_file.replace(self._path, mine, held))

    def replace_lost(self, by: Actor = INSTALLER) -> KeyMade:
        """Make the next key where the one in use is lost. No key signs it, which the journal and every verification tell."""
        with self._database.reading() as connection:
            mine, keys = named(connection), seal_keys.read(connection)
        if not keys:
            raise Unmet(say("replace the seal key"), say("there is none"), [say("make one: cascade seal init")])
        return self._first_in_its_file(mine, keys[-1].number + 1, len(keys), by)

    def _left_over(self, mine: str, number: int) -> "Ed25519PrivateKey | None":
        """A key that was written to the file, and of which the journal was not told any more."""
        if not self._path.exists():
            return None
        try:
            there = seal_key_file.read(self._path, mine)
        except Unavailable:
            return None
        return there[number] if set(there) == {number} else None

    def _put_on_record(self, key: Key, before: int, by: Actor, keep: Callable[[], None]) -> KeyMade:
        """The entry, and the file before it is stored: of two who do so at once, one is refused with the file as it was."""
        kept = False

        def write() -> None:
            nonlocal kept
            with self._database.transaction() as connection:
                found = installations.read(connection)
                context = journal.Context(by, "", self._clock.now(), simulated=bool(found and found.simulated))
                journal.append_administration(connection, [seal_keys.fact_of(key)], context)
                if len(seal_keys.read(connection)) != before + 1:
                    raise Conflict(say("put key {number} on the record", number=key.number),
                                   say("somebody else brought a key into use at the same time"),
                                   [say("see it: cascade seal status")])  # fmt: skip
                if not kept:
                    keep()
                    kept = True

        self._database.insist(write)
        return KeyMade(key.number, self._path, key.public_text, key.overlap_until)


def named(connection: Connection) -> str:
    """The id of the installation. Raises WrongSchema where its journal does not begin."""
    found = seals.installation_id(connection)
    if found is None:
        raise WrongSchema(say("The chain of the administration has no first entry: cascade journal verify"))
    return found


def _of_administration(heads: Sequence[Head]) -> list[int]:
    return [one.seq for one in heads if one.chain == ADMINISTRATION]


def _everything(keys: Sequence[Key]) -> int:
    return max((one.seq for one in keys), default=0)
