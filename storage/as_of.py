"""The whole state as it was known at an instant: rebuilt from the journal in a throw-away SQLite database of the same schema.

So the very same looks of `queries` are run on it, with `now` = the instant. The database it is rebuilt from is only read.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from storage import bulk, carrying_back, installation, past_directory, rulebook, verification
from storage.database import Database
from storage.installation import Installation
from storage.rebuilding import Chain, rebuild
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.directive import ADMINISTRATION
from workflows.errors import NotFound
from workflows.text import Text, say

_LINKED = (  # the cascades that bear on one, by a document its items rest on or the year before or after
    "SELECT cascade FROM basis WHERE cascade_id = ? AND cascade IS NOT NULL"
    " UNION SELECT cascade_id FROM basis WHERE cascade = ?"
    " UNION SELECT continues FROM directive WHERE cascade_id = ? AND continues IS NOT NULL"
    " UNION SELECT continued_by FROM directive WHERE cascade_id = ? AND continued_by IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Past:
    """What was known at `instant`. `corrections` counts those applied that were recorded later; `unknown` says what of that
    moment nobody can know any more."""

    database: Database
    instant: datetime
    corrected: bool
    entries: int
    corrections: int
    unknown: tuple[Text, ...]


@contextmanager
def as_of(
    database: Database,
    instant: datetime,
    corrected: bool = False,
    cascades: Sequence[str] | None = None,
    progressed: Callable[[int], None] = lambda _: None,
    *,
    required: bool = True,
) -> Iterator[Past]:
    """The state as it was known at an instant, of these cascades (None: of all), to look at; gone when the context ends.

    Counted is what was recorded up to the instant. `corrected` applies also corrections that were recorded later to what
    had been entered by then. `progressed` is told how many entries were read. Raises NotFound where there was no installation
    yet, or one of the cascades was not there and is `required`; Unsound where an entry is not as it was written. Who asks has
    seen to it that the instant has come.
    """
    with tempfile.TemporaryDirectory(prefix="cascade-as-of-", ignore_cleanup_errors=True) as folder:
        past = Database(str(Path(folder) / "as-of.db"))
        event.listen(past.connections, "connect", _hurry)
        try:
            with database.reading() as source, past.transaction() as target:
                found = _Rebuilding(source, target, instant, corrected, progressed).run(cascades, required)
            yield Past(past, instant, corrected, *found)
        finally:
            past.close()


def count_entries(database: Database, cascades: Sequence[str] | None = None) -> int:
    """How many entries there are to read at most: for a bar."""
    with database.reading() as connection:
        some = [None] if cascades is None else [*cascades, ADMINISTRATION]
        return sum(verification.count_entries(connection, one) for one in some)


def _hurry(connection: Any, _record: Any) -> None:
    """What is thrown away need not survive a power cut."""
    connection.execute("PRAGMA journal_mode=MEMORY")
    connection.execute("PRAGMA synchronous=OFF")


class _Rebuilding:
    """One rebuilding, chain by chain: in memory is no more than one cascade."""

    def __init__(
        self,
        source: Connection,
        target: Connection,
        instant: datetime,
        corrected: bool,
        progressed: Callable[[int], None],
    ) -> None:
        self._source, self._target, self._instant, self._corrected = source, target, instant, corrected
        self._progressed = progressed
        self._entries, self._corrections = 0, 0

    def run(self, cascades: Sequence[str] | None, required: bool) -> tuple[int, int, tuple[Text, ...]]:
        found = installation.read(self._source)
        if found is None or found.created_at > self._instant:
            raise NotFound(
                say("Nothing was known on {moment}: this installation was created on {created}.",
                    moment=_shown(self._instant), created=_shown(found.created_at) if found else say("no day"))
            )  # fmt: skip
        carrying_back.create_schema(self._target)
        unknown = self._installation(found)
        rules = rulebook.read_rules(self._target)
        if cascades is None:
            chains = [row[0] for row in bulk.read(self._source, "SELECT id FROM cascade ORDER BY id")]
            for chain in chains:
                self._cascade(chain, rules)
        else:
            for chain in cascades:
                if not self._cascade(chain, rules) and required:
                    raise self._not_yet(chain)
            linked = {row[0] for chain in cascades for row in bulk.read(self._source, _LINKED, *[chain] * 4)}
            for chain in sorted(linked - set(cascades)):
                self._cascade(chain, rules)
        return self._entries, self._corrections, unknown

    def _installation(self, found: Installation) -> tuple[Text, ...]:
        """What every cascade is read by: the directory, the published texts, and the administration's chain."""
        source, target, instant = self._source, self._target, self._instant
        chain = Chain(source, target, ADMINISTRATION, instant)
        for _ in chain.read(self._told):
            pass
        self._entries += chain.entries
        recorded = rulebook.recorded(target)  # from the entries that were there by then
        carrying_back.carry_definitions(source, target, instant, recorded)
        carrying_back.carry_originals(source, target, instant)
        offices, unknown = past_directory.as_of(source, instant)
        carrying_back.write_installation(target, found, instant, chain.entries, chain.last_hash, recorded.two_persons)
        past_directory.write(target, offices, found.directory_version)
        return unknown

    def _cascade(self, chain: str, rules: rulebook.Rulebook) -> bool:
        """Rebuild one cascade; was there anything of it yet?"""
        found = rebuild(self._source, self._target, chain, self._instant, self._corrected, rules, self._told)
        self._entries += found.entries
        self._corrections += found.corrections
        self._progressed(self._entries)
        return found.entries > 0

    def _told(self, of_chain: int) -> None:
        self._progressed(self._entries + of_chain)

    def _not_yet(self, chain: str) -> NotFound:
        rows = bulk.read(self._source, "SELECT recorded_at FROM journal WHERE cascade_id = ? AND seq = 1", chain)
        first = bulk.read_instant(self._source, rows[0][0]) if rows else None
        if first is None:
            return NotFound(say("No cascade {cascade!r} in this database", cascade=chain))
        return NotFound(say("Cascade {cascade} was not there yet on {moment}: its first entry is of {first}.",
                            cascade=chain, moment=_shown(self._instant), first=_shown(first)))  # fmt: skip


def _shown(at: datetime) -> str:
    day = last_day(at)
    if at == day_end(day):
        return say("end of {day}", day=f"{day:%d/%m/%Y}")
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
