"""What a played story came to, every figure read from the database: counts, escalations, extensions, disputes, proof."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.runtime import Runtime
from storage import bulk, cascades, journal
from storage.database import Database
from storage.journal import Entry
from storage.verification import Verdict, verify
from workflows import facts as f
from workflows.causes import Cause
from workflows.encoding import instant_text
from workflows.obligation import GROUPS, Obligation
from workflows.text import say


@dataclass(frozen=True, slots=True)
class Altered:
    """One byte of one entry changed where nobody minds: which entry, and what the verification said of it."""

    seq: int
    found: int | None
    says: str


@dataclass(frozen=True, slots=True)
class Tale:
    """One cascade of the story: its entries with their facts, in their order, and what its obligations have come to."""

    cascade: str
    told: Sequence[tuple[Entry, f.Fact]]
    obligations: Sequence[Obligation]

    @property
    def issued(self) -> Iterator[f.Issued]:
        return (fact for _, fact in self.told if isinstance(fact, f.Issued))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a story: the main cascade's tale first, then those of the others, and what all of them come to."""

    tales: Sequence[Tale]
    groups: dict[str, int]
    escalations: list[dict[str, Any]]
    extensions: list[dict[str, Any]]
    disputes: list[dict[str, Any]]
    verdict: Verdict
    altered: Altered

    @property
    def cascade(self) -> str:
        return self.tales[0].cascade

    @property
    def total(self) -> int:
        return sum(len(one.obligations) for one in self.tales)


def read_outcome(runtime: Runtime, main: str, others: Iterable[str] = ()) -> Outcome:
    """Read and verify everything about the cascades of a story."""
    with runtime.database.reading() as connection:
        tales = [_tale(connection, cascade) for cascade in (main, *others)]
        verdict = verify(connection)
    groups = Counter(one.group(runtime.now()) for tale in tales for one in tale.obligations)
    entries = tales[0].told
    return Outcome(
        tales,
        {group: groups[group] for group in GROUPS},
        [one for tale in tales for one in _escalations(tale)],
        [one for tale in tales for one in _extensions(tale)],
        [one for tale in tales for one in _disputes(tale)],
        verdict,
        alter_one_byte(runtime.database, main, entries[len(entries) * 3 // 5][0].seq),
    )


def _tale(connection: Connection, cascade: str) -> Tale:
    told = [(entry, entry.fact) for entry in journal.walk(connection, cascade)]
    stored = [one for one in cascades.read_all(connection, cascade) if isinstance(one, Obligation)]
    return Tale(cascade, told, stored)


def _escalations(tale: Tale) -> Iterator[dict[str, Any]]:
    for entry, fact in tale.told:
        if isinstance(fact, f.RungReached):
            yield {
                "cascade": tale.cascade,
                "obligation": fact.number,
                "rung": fact.rung,
                "of": fact.of,
                "label": fact.label,
                "told": [str(one) for one in fact.told],
                "at": instant_text(fact.at),
                "recorded_at": instant_text(entry.recorded_at),
            }


def _extensions(tale: Tale) -> Iterator[dict[str, Any]]:
    """Each request with what became of it."""
    answers: dict[tuple[int, datetime], tuple[str, str | None]] = {}
    for _, fact in tale.told:
        if isinstance(fact, f.ExtensionGranted):
            answers[fact.number, fact.asked_at] = ("granted", None)
        elif isinstance(fact, f.ExtensionRefused):
            answers[fact.number, fact.asked_at] = ("refused", fact.reason)
    for entry, fact in tale.told:
        if isinstance(fact, f.ExtensionRequested):
            decided, reason = answers.get((fact.number, fact.request.asked_at), ("open", None))
            yield {
                "cascade": tale.cascade,
                "obligation": fact.number,
                "until": instant_text(fact.request.until),
                "asked_at": instant_text(entry.recorded_at),
                "decided": decided,
                "reason": reason or fact.request.reason,
            }


def _disputes(tale: Tale) -> Iterator[dict[str, Any]]:
    """Each dispute with its answer, and the obligation that took its place where it was given to another."""
    for place, (entry, fact) in enumerate(tale.told):
        if not isinstance(fact, f.Acted) or fact.rests != "starts" or fact.sent_at or fact.paused_until:
            continue
        after = [(one, what) for one, what in tale.told[place + 1 :] if f.obligation_of(what) == fact.number]
        answer = next((what.action for _, what in after if isinstance(what, f.Acted) and what.rests == "ends"), None)
        cause = Cause("given", fact.number)
        given = next(
            (f.obligation_of(what) for _, what in tale.told if isinstance(what, f.Assigned) and what.cause == cause),
            None,
        )
        yield {
            "cascade": tale.cascade,
            "obligation": fact.number,
            "at": instant_text(entry.recorded_at),
            "reason": dict(fact.fields).get("reason"),
            "answered": answer,
            "given_to": given,
        }


def alter_one_byte(database: Database, cascade: str, seq: int) -> Altered:
    """Change one byte of one entry, guards off, and verify: in a copy of a SQLite file; on PostgreSQL in a transaction
    that is taken back."""
    if not database.is_sqlite:
        with database.connections.connect() as connection, connection.begin() as transaction:
            connection.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER USER")
            altered = _alter(connection, cascade, seq)
            transaction.rollback()
        return altered
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        with database.connections.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # VACUUM INTO reads one moment, outside any transaction
            connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
            connection.exec_driver_sql("BEGIN")
        copied = Database(str(copy))
        with copied.transaction() as connection:
            for name in ("journal_no_update", "journal_no_delete", "journal_next_only"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            altered = _alter(connection, cascade, seq)
        copied.close()
    return altered


def _alter(connection: Connection, cascade: str, seq: int) -> Altered:
    [(body,)] = bulk.read(connection, "SELECT body FROM journal WHERE cascade_id = ? AND seq = ?", cascade, seq)
    place = body.index('"recorded_at":"') + len('"recorded_at":"2023-')
    changed = body[:place] + ("1" if body[place] == "0" else "0") + body[place + 1 :]
    bulk.write(connection, "UPDATE journal SET body = ? WHERE cascade_id = ? AND seq = ?", changed, cascade, seq)
    verdict = verify(connection, cascade)
    fault = next((one for one in verdict.faults if one.seq), None)
    return Altered(seq, fault.seq if fault else None, fault.text if fault else say("nothing was found"))
