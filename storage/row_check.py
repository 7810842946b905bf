"""Do the rows beside the states follow from the entries too: messages, answered commands, words to search, originals, offices?

What no entry tells is not looked at: when a message was sent, what a program was answered in detail, sign-ins.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from storage import bulk, directory, folding, journal, outbox
from storage.archived import NAMES_DOCUMENTS, documents_named
from storage.entry_texts import UNCOMMON
from storage.rows import json_text
from workflows.directive import ADMINISTRATION
from workflows.facts import Administered, Fact
from workflows.text import Text, say
from workflows.world import World

_BATCH = 500  # entries, or commands, that are compared together
_Message = tuple[Any, ...]


class Beside:
    """The messages and the answered commands of one cascade beside its entries, which `take` is given in order.

    `broken` says what differs first; what comes after that is not looked at any more."""

    def __init__(self, connection: Connection, chain: str) -> None:
        self._connection, self._chain = connection, chain
        self.broken: str | None = None
        self._messages: list[_Message] = []
        self._first = self._last = 0  # the entries that `_messages` are of
        self._commands: dict[str, tuple[int, int, str]] = {}
        self._command = ""
        self._told = self._asked = 0

    def take(self, seq: int, data: Mapping[str, Any], fact: Fact | None) -> None:
        if self.broken or fact is None:
            return
        self._first = self._first or seq
        self._last = seq
        for place, one in enumerate(outbox.addressees(fact), outbox.first_place(fact)):
            self._told += 1
            self._messages.append(
                (seq, place, data.get("obligation"), data["kind"], one.office, one.role, one.letter_to, one.deputy, 1)
            )
        self._note_command(seq, str(data.get("command", "")), data["recorded_at"])
        if seq - self._first >= _BATCH:
            self._compare()

    def end(self, world: World) -> str | None:
        """What differs; asked when all entries were given, with the world that they give."""
        self._command = ""
        self._compare()
        if self.broken is None:
            # A command that found nothing to do has no entry.
            for table, of_entries, given in (("outbox", "", self._told), ("command", " AND last_seq > 0", self._asked)):
                [(stored,)] = bulk.read(
                    self._connection, f"SELECT count(*) FROM {table} WHERE cascade_id = ?{of_entries}", self._chain
                )
                if stored != given:
                    return say("{what}: its entries give {given}, and {stored} are stored",
                               what=table, given=given, stored=stored)  # fmt: skip
        return self.broken or _folded_fault(self._connection, self._chain, world)

    def _note_command(self, seq: int, command: str, recorded_at: str) -> None:
        """Entries of one command follow on each other, and carry its id."""
        if command and command == self._command:
            first, _, at = self._commands[command]
            self._commands[command] = (first, seq, at)
            return
        self._command = command
        if command:
            self._asked += 1
            self._commands[command] = (seq, seq, recorded_at)

    def _compare(self) -> None:
        if self._last:
            self.broken = self._message_fault() or self._command_fault()
        self._messages, self._first = [], 0

    def _message_fault(self) -> Text | None:
        rows = bulk.read(
            self._connection,
            "SELECT o.seq, o.place, o.obligation, o.kind, o.office, o.role, o.letter_to, o.deputy,"
            " CASE WHEN o.body = j.body THEN 1 ELSE 0 END"
            " FROM outbox AS o LEFT JOIN journal AS j ON j.cascade_id = o.cascade_id AND j.seq = o.seq"
            " WHERE o.cascade_id = ? AND o.seq BETWEEN ? AND ? ORDER BY o.seq, o.place",
            self._chain, self._first or 1, self._last,
        )  # fmt: skip
        stored = {(row[0], row[1]): tuple(row) for row in rows}
        for one in self._messages:
            found = stored.pop((one[0], one[1]), None)
            key = f"{self._chain}-{one[0]}-{one[1]}"
            if found is None:
                return say("message {key} is not there, and its entry gives it", key=key)
            if found != one:
                return say("message {key} is not what its entry gives", key=key)
        if stored:
            seq, place = min(stored, key=str)
            return say("message {key} is there, and no entry gives it", key=f"{self._chain}-{seq}-{place}")
        return None

    def _command_fault(self) -> Text | None:
        """Only those that have ended: the last one may go on with the next entry."""
        ended = {name: said for name, said in self._commands.items() if name != self._command}
        for start in range(0, len(ended), _BATCH):
            names = list(ended)[start : start + _BATCH]
            said = self._commands_differ({name: ended[name] for name in names})
            if said:
                return said
        self._commands = {name: said for name, said in self._commands.items() if name == self._command}
        return None

    def _commands_differ(self, given: Mapping[str, tuple[int, int, str]]) -> Text | None:
        rows = bulk.read(
            self._connection,
            "SELECT command_id, first_seq, last_seq, at FROM command WHERE cascade_id = ?"
            f" AND command_id IN ({bulk.marks(len(given))})",
            self._chain, *given,
        )  # fmt: skip
        stored = {row[0]: row[1:] for row in rows}
        for name, (first, last, at) in given.items():
            if name not in stored:
                return say("command {name} is not there, and entry {number} is of it", name=name, number=first)
            found_at = bulk.read_instant(self._connection, stored[name][2])
            if tuple(stored[name][:2]) != (first, last) or found_at != datetime.fromisoformat(at):
                return say("command {name} is not stored as its entries give it", name=name)
        return None


def _folded_fault(connection: Connection, chain: str, world: World) -> str | None:
    """Are the words by which documents are searched those of the documents?"""
    given = {key[1:]: text for key, text in folding.rows(chain, world.all_directives, world.all_items)}
    rows = bulk.read(connection, "SELECT directive, item, text FROM folded WHERE cascade_id = ?", chain)
    stored = {(row[0], row[1]): row[2] for row in rows}
    if stored == given:
        return None
    differing = [key for key in given.keys() | stored.keys() if given.get(key) != stored.get(key)]
    directive, item = min(differing, key=str)  # SQLite keeps any text in any column
    return say("the words to search of directive {directive}, item {item} are not those of the document",
               directive=directive, item=item)  # fmt: skip


_OF_CASCADES = ("directive", "item", "basis", "obligation", "command", "outbox", "folded")


def stray_faults(connection: Connection) -> Iterator[tuple[str, Text]]:
    """The chains under which rows lie without a cascade and without entries, which nobody else would look at."""
    found: dict[str, str] = {}
    for table in _OF_CASCADES:
        for row in bulk.read(connection, f"SELECT DISTINCT cascade_id FROM {table} EXCEPT SELECT id FROM cascade"):
            if not bulk.read(connection, "SELECT 1 FROM journal WHERE cascade_id = ? LIMIT 1", row[0]):
                found.setdefault(str(row[0]), table)
    for chain, table in sorted(found.items()):
        yield chain, say("{table} holds rows of it, and there is no such cascade", table=table)


def original_faults(connection: Connection) -> Iterator[Text]:
    """The originals that entries name and that are gone; and those that are kept and are not what their digest says."""
    kept = [row[0] for row in bulk.read(connection, "SELECT digest FROM document ORDER BY digest")]
    known = set(kept)
    for digest, (chain, seq) in _named(connection):
        if digest not in known:
            yield say("the document {digest}, which entry {seq} of {chain} names, is gone",
                      digest=digest, seq=seq, chain=chain)  # fmt: skip
    for digest in kept:
        for size, content in bulk.read(connection, "SELECT size, content FROM document WHERE digest = ?", digest):
            whole = content.encode() if isinstance(content, str) else bytes(content)
            if hashlib.sha256(whole).hexdigest() != digest or len(whole) != size:
                yield say("the document {digest} was changed", digest=digest)


def _named(connection: Connection) -> Iterator[tuple[str, tuple[str, int]]]:
    """Each document with the first entry that names it."""
    found: dict[str, tuple[str, int]] = {}
    for kind in NAMES_DOCUMENTS:
        rows = bulk.read(
            connection,
            f"SELECT cascade_id, seq, body FROM journal WHERE kind = ? AND {UNCOMMON} ORDER BY cascade_id, seq",
            kind,
        )
        for chain, seq, body in rows:
            try:
                digests = documents_named(kind, orjson.loads(body))
            except (ValueError, TypeError, AttributeError):
                continue  # its chain's own verification names it
            for digest in digests:
                found.setdefault(digest, (chain, seq))
    return iter(sorted(found.items()))


def directory_faults(connection: Connection) -> list[Text]:
    """Where the offices are not those that were imported, with those that were added since: one sentence."""
    said = _directory_fault(connection)
    return [said] if said else []


def _directory_fault(connection: Connection) -> Text | None:
    # A deed of another kind about offices or seats is not followed: then nothing is compared.
    digest, added = None, set[str]()
    for entry in journal.readable(connection, ADMINISTRATION):
        fact = _administered(lambda entry=entry: entry.fact)  # type: ignore[misc]
        if fact is None:
            continue
        kind, _, name = fact.subject.partition(" ")
        if (fact.what, kind) == ("imported", "offices"):
            digest, added = dict(fact.details).get("digest"), set()
        elif (fact.what, kind) == ("added", "office"):
            added.add(name)
        elif kind in ("office", "offices", "seat", "deputy", "absence", "address"):
            return None
    for table in ("seat", "address", "deputy", "absence"):
        rows = bulk.read(connection, f"SELECT office FROM {table} WHERE office NOT IN (SELECT id FROM office) LIMIT 1")
        if rows:
            return say(
                "{table} holds rows of {office}, and there is no such office", table=table, office=str(rows[0][0])
            )
    try:
        offices = [asdict(one) for one in directory.read_offices(connection) if one.id not in added]
        stored = hashlib.sha256(json_text(offices).encode()).hexdigest()
    except (ValueError, TypeError) as error:  # SQLite keeps any text in any column
        return say("a stored value cannot be read: {error}", error=error)
    if digest is None:
        return say("there are offices that nobody imported or added") if offices else None
    return None if stored == digest else say("the offices are not those that were imported and added")


def _administered(read: Callable[[], Fact]) -> Administered | None:
    try:
        fact = read()
    except (KeyError, ValueError, TypeError, AttributeError):
        return None  # the chain's own verification names it
    return fact if isinstance(fact, Administered) else None
