"""Many obligations, documents, entries and messages, as an office would have them after years, written as rows at once.

They are plausible, not lived: no state follows from an entry. What was written is kept, so that queries can be compared with
plain Python over everything.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
from sqlalchemy import Connection

from storage import bulk, cascades, folding, journal, outbox
from storage.journal import Entry
from storage.outbox import Message
from workflows.directive import Cascade, Directive, Item, cascade_id_of
from workflows.obligation import ExtensionRequest, Obligation, Task
from workflows.offices import Office

NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)
KINDS = ("DueSet", "Acted", "Acted", "RungReached", "Acted", "DeadlineMissed", "Acted", "RungReached", "Acknowledged")
ACTIONS = ("receive", "report", "accept")
RARE = ("Corrected", "Incident", "Urged", "ExtensionRequested", "OfficerNamed")
WORDS = ("phòng chống bão lũ", "giải ngân vốn đầu tư công", "chuyển đổi số", "khẩn cấp sạt lở đê điều", "báo cáo quý",
         "đường bộ", "y tế cơ sở", "an toàn thực phẩm", "cải cách hành chính", "nước sạch nông thôn")  # fmt: skip
LEVELS = ("government", "province", "department", "unit")
WIDEST = 6_800


@dataclass
class Written:
    """Everything that was written, by cascade where it is numbered in one."""

    obligations: dict[tuple[str, int], Obligation] = field(default_factory=dict)
    directives: dict[tuple[str, int], Directive] = field(default_factory=dict)
    items: dict[tuple[str, int, int], Item] = field(default_factory=dict)
    cascades: list[Cascade] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def offices(departments: int, units: int) -> list[Office]:
    """Government and province, then departments with their units; ids `d3` and `d3-u7`."""
    people = {"leader": "Trưởng", "officer": "Chuyên viên", "clerk": "Văn thư"}
    found = [
        Office("gov", "Văn phòng Chính phủ", "government", outside=True),
        Office("province", "Ủy ban nhân dân tỉnh", "province", "gov", host=True, people=people),
    ]
    for d in range(departments):
        found.append(Office(f"d{d}", f"Sở Đầu tư {d}", "department", "province", people=people))
        for u in range(units):
            named = {role: f"{name} Đỗ Thị {d}.{u}" for role, name in people.items()}
            found.append(Office(f"d{d}-u{u}", f"Phòng Kế hoạch {d}.{u}", "unit", f"d{d}", people=named))
    return found


class Filler:
    """Writes cascades until there are as many obligations as wanted. The same seed writes the same."""

    def __init__(self, connection: Connection, departments: int, units: int, seed: int = 1, keep: bool = False) -> None:
        self._connection, self._departments, self._units = connection, departments, units
        self._chance, self._keep, self.written = random.Random(seed), keep, Written()
        self._sqlite = connection.dialect.name == "sqlite"

    def fill(self, size: int, entries_each: int, widest: int = 0) -> None:
        """Cascades of some tens each, and first one of `widest` leaves, where that is named."""
        made = self._cascade(0, self._wide(widest), entries_each) if widest else 0
        number = 1
        while made < size:
            made += self._cascade(number, self._narrow(min(size - made, self._chance.randint(5, 60))), entries_each)
            number += 1

    def _wide(self, leaves: int) -> list[tuple[int | None, str, str, str]]:
        """(parent, level, holder, giver) of each: the province, every department, and the units of each again and again."""
        rows: list[tuple[int | None, str, str, str]] = [(None, "province", "province", "gov")]
        rows += [(1, "department", f"d{d}", "province") for d in range(self._departments)]
        for leaf in range(leaves):
            d = leaf % self._departments
            rows.append((2 + d, "unit", f"d{d}-u{(leaf // self._departments) % self._units}", f"d{d}"))
        return rows

    def _narrow(self, count: int) -> list[tuple[int | None, str, str, str]]:
        rows: list[tuple[int | None, str, str, str]] = [(None, "province", "province", "gov")]
        above: list[tuple[int, str]] = []
        for number in range(2, count + 1):
            if not above or self._chance.random() < 0.15:
                d = f"d{self._chance.randrange(self._departments)}"
                rows.append((1, "department", d, "province"))
                above.append((number, d))
            else:
                parent, d = self._chance.choice(above)
                rows.append((parent, "unit", f"{d}-u{self._chance.randrange(self._units)}", d))
        return rows

    def _cascade(self, serial: int, rows: list[tuple[int | None, str, str, str]], entries_each: int) -> int:
        chance, key = self._chance, cascade_id_of(f"plenty-{serial}")
        opened = NOW - timedelta(days=chance.randint(1, 900), minutes=chance.randint(0, 1000))
        directives: dict[tuple[int | None, str], int] = {}
        found = []
        for number, (parent, level, holder, giver) in enumerate(rows, 1):
            directive = directives.setdefault((parent, giver), len(directives) + 1)
            found.append(self._obligation(number, directive, parent, level, holder, giver, opened))
        documents = [self._directive(number, giver, opened, serial) for (_, giver), number in directives.items()]
        items = [
            Item(
                number,
                1,
                "1",
                f"{chance.choice(WORDS)} {chance.choice(WORDS)} đợt {serial % 97}",
                "once",
                None,
                None,
                parent,
            )
            for (parent, _), number in directives.items()
        ]
        entries = list(self._entries(key, found, documents, opened, entries_each))
        last = entries[-1]
        cascade = Cascade(key, documents[0].subject, "government-notice@1", "vietnam@1", True, len(documents) + 1,
                          len(found) + 1, last.seq, last.hash, last.recorded_at, None)  # fmt: skip
        self._write(cascade, documents, items, found, entries)
        return len(found)

    def _obligation(
        self, number: int, directive: int, parent: int | None, level: str, holder: str, giver: str, opened: datetime
    ) -> Obligation:
        chance = self._chance
        due = opened.replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=chance.randint(3, 120))
        one = Obligation(
            number, directive, 1, level, holder, giver, chance.choice(("lead", "lead", "lead", "support", "info")), "once",
            "government-notice@1", "assigned", opened, parent, due_at=due if chance.random() < 0.9 else None,
            leads_open=0 if level == "unit" else 1, fired=("rung:1", "due"),
        )  # fmt: skip
        if chance.random() < 0.05:
            one = one.but(controller=f"d{chance.randrange(self._departments)}")
        if chance.random() < 0.03:
            one = one.but(recipient=f"d{chance.randrange(self._departments)}")
        fate, limit = chance.random(), due
        if fate > 0.2:
            one = one.but(state="working", received_at=opened + timedelta(days=1))
        if chance.random() < 0.1:
            one = one.but(officer=f"Nguyễn Văn {chance.randrange(50)}")
        if fate > 0.35:
            sent = limit + timedelta(days=chance.randint(-20, 8))
            if sent < NOW:
                one = one.but(state="reported", sent_at=sent, sent_as=f"{number}/BC", rested_at=sent, answer_by=sent)
                if fate > 0.4:
                    one = one.but(state="accepted", outcome="fulfilled", closed_at=sent, rested_at=None, answer_by=None)
        if fate > 0.97:
            one = one.but(state="stopped", outcome="void", closed_at=opened + timedelta(days=2), sent_at=None)
        if one.open and due < NOW and chance.random() < 0.6:
            one = one.but(rung=chance.randint(1, 3), rung_at=due)
            if chance.random() < 0.3:
                one = one.but(held_until=NOW + timedelta(days=2))
            if chance.random() < 0.1:
                one = one.but(tasks=(Task("2.1", "call", giver, "clerk", due),))
        if one.open and one.rested_at is None and chance.random() < 0.02:
            asked = ExtensionRequest(due + timedelta(days=9), "Chờ số liệu", opened, f"{holder}/leader")
            one = one.but(request=asked, rested_at=opened)
        if one.open and chance.random() < 0.005:
            one = one.but(failures=2, retry_at=NOW + timedelta(minutes=5))
        return one

    def _directive(self, number: int, giver: str, opened: datetime, serial: int) -> Directive:
        outside = giver == "gov"
        subject = f"V/v {self._chance.choice(WORDS)} {serial}"
        symbol = f"{serial}.{number}/{'TB-VPCP' if outside else 'CV-' + giver.upper()}"
        return Directive(
            number, symbol, "TB" if outside else "CV", giver, opened.date(), subject, "government-notice@1", "issued",
            arrived_on=opened.date() if outside else None, arrival_number=str(serial) if outside else None,
            recorded_by="province/clerk" if outside else None,
        )  # fmt: skip

    def _entries(
        self, key: str, found: list[Obligation], documents: list[Directive], opened: datetime, each: int
    ) -> Iterator[Entry]:
        """The cascade opens and issues; then everything happens to everybody, day after day, until today."""
        chance = self._chance
        lines: list[tuple[str, int | None, int | None, str, str]] = [("CascadeOpened", None, None, "province", "clerk")]
        lines += [("Issued", None, one.number, one.issuer, "leader") for one in documents]
        lines += [("Assigned", one.number, one.directive, one.giver, "leader") for one in found]
        for turn in range(each - 1):
            kind = KINDS[turn % len(KINDS)]
            for one in found:
                said = chance.choice(RARE) if chance.random() < 0.01 else kind
                timed = said in ("RungReached", "DeadlineMissed", "Incident")
                lines.append((said, one.number, None, "-" if timed else one.holder, "timer" if timed else "officer"))
        step, hashed = (NOW - opened) / (len(lines) + 1), ""
        for seq, (kind, number, directive, office, role) in enumerate(lines, 1):
            at = opened + step * (seq - len(documents) - len(found) if seq > len(documents) + len(found) else 0)
            happened = at - timedelta(days=3) if chance.random() < 0.02 else at
            body = orjson.dumps({
                "by": self._by(office, role, kind), "cascade": key, "fact": self._fact(kind, number), "kind": kind,
                "seq": seq,
            }, option=orjson.OPT_SORT_KEYS).decode()  # fmt: skip
            hashed = journal.chain_hash(hashed, body)
            yield Entry(key, seq, kind, number, directive, office, role, happened, at, body, hashed)

    def _by(self, office: str, role: str, kind: str) -> dict[str, str]:
        """Who: mostly by a password, some at the command line, a few deputies and what the host records for others."""
        if role == "timer":
            return {"known_by": "timer", "office": office, "role": role}
        by = {"known_by": "password", "office": office, "person": f"Đỗ Thị {office}", "role": role}
        draw = self._chance.random()
        if draw < 0.03:
            by |= {"deputy": "d0/leader", "deputy_person": "Trần Văn Phó"}
        elif draw < 0.035:
            by["acting_for"] = "gov"
        elif draw < 0.045:
            del by["known_by"]  # as what is only claimed is written
        return by

    def _fact(self, kind: str, number: int | None) -> dict[str, object]:
        found: dict[str, object] = {"number": number, "error": "TimeoutError: nobody", "note": "x" * 400}
        if kind == "Acted":
            found["action"] = "withdraw" if self._chance.random() < 0.002 else self._chance.choice(ACTIONS)
        return found

    def _messages(self, entries: Iterable[Entry], found: list[Obligation]) -> Iterator[Message]:
        for entry in entries:
            if entry.kind == "RungReached" and entry.obligation:
                one = found[entry.obligation - 1]
                for place, (office, role) in enumerate(((one.holder, "leader"), (one.giver, "leader")), 1):
                    waits = self._chance.random() < 0.01
                    attempts = self._chance.choice((0, 0, 1, 16)) if waits else 1
                    dead = entry.recorded_at if attempts == 16 else None  # given up, as outbox does after so many
                    yield Message(entry.cascade_id, entry.seq, place, entry.obligation, entry.kind, office, role, None, None,
                                  "{}", entry.recorded_at, attempts=attempts,
                                  sent_at=dead if waits else entry.recorded_at, dead_at=dead)  # fmt: skip

    def _write(
        self,
        cascade: Cascade,
        documents: list[Directive],
        items: list[Item],
        found: list[Obligation],
        made: list[Entry],
    ) -> None:
        connection, sqlite, key = self._connection, self._sqlite, cascade.id
        messages = list(self._messages(made, found))
        bulk.insert(connection, "cascade", cascades.CASCADES.columns, [cascades.CASCADES.to_row(cascade, sqlite)])
        for rows, table in ((documents, cascades.DIRECTIVES), (items, cascades.ITEMS), (found, cascades.OBLIGATIONS)):
            bulk.insert(connection, table.table, table.columns, [table.to_row(one, sqlite, key) for one in rows])
        folding.add(connection, key, documents, items)
        journal.append(connection, made)
        rows = [
            (*outbox.ROWS.to_row(one, sqlite), one.dead_at and bulk.instant(connection, one.dead_at))
            for one in messages
        ]
        bulk.insert(connection, "outbox", [*outbox.ROWS.columns, "dead_at"], rows)
        if self._keep:
            kept = self.written
            kept.cascades.append(cascade)
            kept.directives |= {(key, one.number): one for one in documents}
            kept.items |= {(key, one.directive, one.number): one for one in items}
            kept.obligations |= {(key, one.number): one for one in found}
            kept.entries += made
            kept.messages += messages
