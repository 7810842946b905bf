"""The form in which a read draft is reviewed: what is proposed in each field, and what was typed made a draft again.

Pure. `typed` is what the form holds: a text under each name of HEAD, and under `items` such a mapping for each row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, get_args

from engine.exchange.drafts import Draft, Item, Signature
from engine.exchange.due_fields import spelled
from engine.exchange.identities import as_number
from engine.exchange.item_offices import Whom
from engine.exchange.office_names import named
from engine.exchange.symbols import read_symbol
from engine.exchange.written_dates import date_in
from workflows.document_types import TYPES, Urgency
from workflows.offices import Office, Offices
from workflows.text import Text, say
from workflows.words import MODES, PARTS

HEAD = ("symbol", "type", "issued_on", "issuer", "subject", "place", "signer", "urgency", "arrival_number", "arrived_on",
        "workflow", "under", "replaces", "open_work")  # fmt: skip
OF_ITEM = ("of", "number", "text", "due", "mode", "event", "lead", "support", "info", "officer")
ROWS_MAX = 150  # so that a form has fewer fields than a form may have
LETTERS_MAX = 20_000  # of one field
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?")
_BETWEEN_OFFICES = re.compile(r"[;,\n]")
Typed = Mapping[str, Any]


@dataclass(slots=True)
class Reviewed:
    """The draft that a form gives, and what is wrong with each of its fields: `symbol`, `items.0.due`."""

    draft: Draft
    errors: dict[str, Text] = field(default_factory=dict)
    arrived_on: date | None = None


def proposed(draft: Draft, offices: Offices) -> dict[str, Any]:
    """The form as it is first shown. Offices are those that the text names, as far as the directory knows them."""
    found = named(draft.issuer, list(offices)) if draft.issuer else []
    issuer = found[0] if len(found) == 1 else None
    signer = draft.signer
    parts = [*signer.authority, signer.position, signer.name] if signer else []
    typed: dict[str, Any] = dict.fromkeys(HEAD, "")
    typed |= {
        "symbol": draft.symbol or _symbol_begun(draft),
        "type": draft.type or "",
        "issued_on": f"{draft.issued_on:%d/%m/%Y}" if draft.issued_on else "",
        "issuer": issuer.id if issuer else "",
        "subject": draft.subject or "",
        "place": draft.place or "",
        "signer": ", ".join(part for part in parts if part),
        "urgency": draft.urgency or "",
        "items": [
            {"of": str(place), "number": item.number, "text": item.text, "due": shown(item.due), "mode": item.mode or "",
             "event": item.event or "", "officer": item.officer or "", **_offices(draft, item, issuer, offices)}
            for place, item in enumerate(draft.items)
        ] or [blank_row(1)],
    }  # fmt: skip
    return typed


def _symbol_begun(draft: Draft) -> str:
    """What is there of a symbol whose number is blank."""
    return f"/{draft.notation}" if draft.notation and draft.number is None else str(draft.number or "")


def _offices(draft: Draft, item: Item, issuer: Office | None, offices: Offices) -> dict[str, str]:
    if issuer is None:
        return {"lead": "; ".join(item.lead_named), "support": "; ".join(item.support_named), "info": ""}
    found = Whom(draft, issuer, offices, ()).of(item)
    return {part: "; ".join(getattr(found, part)) for part in PARTS}


def blank_row(number: int) -> dict[str, str]:
    """A row for one more item."""
    return dict.fromkeys(OF_ITEM, "") | {"number": str(number)}


def shown(due: str | None) -> str:
    """A deadline as people write its days; `spelled` reads it back."""
    return _ISO.sub(lambda found: f"{found[3]}/{found[2]}/{found[1]}" + (f" {found[4]}" if found[4] else ""), due or "")


def gathered(fields: Mapping[str, str], rows: int) -> dict[str, Any]:
    """What a form sent, by the names `symbol` and `item-0-due`; whatever else it holds is left out."""

    def cut(name: str) -> str:
        return fields.get(name, "").strip()[:LETTERS_MAX]

    typed: dict[str, Any] = {name: cut(name) for name in HEAD}
    typed["items"] = [
        {name: cut(f"item-{row}-{name}") for name in OF_ITEM} for row in range(min(max(rows, 0), ROWS_MAX))
    ]
    return typed


def reviewed(base: Draft, typed: Typed, offices: Offices) -> Reviewed:
    """The draft as it was typed, on what was read of the text."""
    made = Reviewed(base)
    symbol = read_symbol(typed["symbol"])
    if symbol is None:
        made.errors["symbol"] = say("Give the whole symbol, such as 61/SKHCN-VP.")
    if typed["type"] not in TYPES:
        made.errors["type"] = say("Choose the type of the document.")
    issued_on = _day(made, typed, "issued_on", say("Give its date, such as 16/08/2023."), needed=True)
    made.arrived_on = _day(made, typed, "arrived_on", say("This is no day; write it such as 17/08/2023."))
    if not typed["subject"]:
        made.errors["subject"] = say("Say what the document is about.")
    issuer = offices.find(typed["issuer"])
    if issuer is None:
        made.errors["issuer"] = say(
            "Choose who issues it; an office that is not there is added to the directory first."
        )
    rows = [(place, row) for place, row in enumerate(typed["items"]) if row["text"] or row["lead"] or row["due"]]
    if not rows:
        made.errors["items"] = say("Nothing is assigned: give at least one item with its words and who leads.")
    items = tuple(_item(made, base, place, row, offices, bool(typed["under"])) for place, row in rows)
    urgency = typed["urgency"] if typed["urgency"] in get_args(Urgency) else None
    made.draft = replace(
        base,
        symbol=str(symbol) if symbol else None,
        number=as_number(symbol.number) if symbol else None,
        notation=symbol.notation if symbol else None,
        type=typed["type"] or None,
        issued_on=issued_on,
        issued_month=None,
        issued_year=None,
        subject=typed["subject"] or None,
        place=typed["place"] or None,
        signer=Signature(name=typed["signer"]) if typed["signer"] else None,
        urgency=urgency,
        items=items,
        addressees=(),
    )
    return made


def _day(made: Reviewed, typed: Typed, name: str, says: Text, *, needed: bool = False) -> date | None:
    found = date_in(typed[name]) if typed[name] else None
    if found is None and (needed or typed[name]):
        made.errors[name] = says
    return found


def _item(made: Reviewed, base: Draft, place: int, row: Mapping[str, str], offices: Offices, under: bool) -> Item:
    """One row. An item below an obligation may leave its date to what is above."""

    def wrong(name: str, says: Text) -> None:
        made.errors[f"items.{place}.{name}"] = says

    of = row["of"]
    read = base.items[int(of)] if of.isascii() and of.isdigit() and int(of) < len(base.items) else Item("", "")
    if not row["number"]:
        wrong("number", say("Give its number, such as 1."))
    if not row["text"]:
        wrong("text", say("Say what has to be done."))
    due = spelled(" ".join(row["due"].split())) if row["due"] else None
    if row["due"] and due is None:
        wrong("due", say("This is no date that can be read: write a day (30/09/2026), a day and an hour (30/09/2026 17:00), a"
                         " month (9/2026), or a time such as 5 working days after receipt."))  # fmt: skip
    mode = row["mode"] if row["mode"] in MODES else None
    if not (row["due"] or mode or under):
        wrong("due", say("Give a deadline, or choose how the item is followed up without one."))
    if due and due.endswith(" event") and not row["event"]:
        wrong("event", say("Say from which event the time counts."))
    lead, support, info = (offices_named(row[part], offices, made.errors, f"items.{place}.{part}") for part in PARTS)
    if not row["lead"] and (row["support"] or not row["info"]):
        wrong("lead", say("Say who leads, or, where nobody has to do anything, who is to know of it."))
    return replace(
        read,
        number=row["number"],
        text=row["text"],
        due=due,
        mode=mode,
        event=row["event"] or None,
        officer=row["officer"] or None,
        soft=read.soft and due == read.due,
        follows=read.follows if mode == "linked" and not due else None,
        lead_named=(),
        support_named=(),
        info_named=(),
        lead=lead,
        support=support,
        info=info,
    )


def offices_named(text: str, offices: Offices, errors: dict[str, Text], field_name: str) -> tuple[str, ...]:
    """The offices that were typed, by id or name, with a semicolon between; what is wrong goes among the errors."""
    found: dict[str, None] = {}
    for name in filter(None, (one.strip() for one in _BETWEEN_OFFICES.split(text))):
        fitting = named(name, list(offices))
        if len(fitting) == 1:
            found[fitting[0].id] = None
        elif fitting:
            ids = [one.id for one in fitting[:6]]
            errors[field_name] = say("“{name}” can be {ids}; write one of these.", name=name, ids=ids)
        else:
            errors[field_name] = say("No office is called “{name}”; the list below has their names and ids.", name=name)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the text, from 1."""

    number: int
    text: str


def sources(base: Draft, lines: Sequence[str]) -> dict[str, Source]:
    """For each field the line it was read from, as far as it can be found: `symbol`, `items.0`."""
    found: dict[str, Source] = {}

    def at(name: str, number: int | None) -> None:
        if number and number <= len(lines):
            found[name] = Source(number, " ".join(lines[number - 1].split()))

    looked_for = {
        "symbol": base.notation, "issuer": base.issuer, "subject": base.subject, "place": base.place,
        "signer": base.signer.name if base.signer else None, "urgency": base.urgency,
    }  # fmt: skip
    for name, value in looked_for.items():
        at(name, _line_with(lines, value, last=name == "signer"))
    dated = next((n for n, line in enumerate(lines[:60], 1) if re.search(r"\bngày\b.*\btháng\b", line.lower())), None)
    at("issued_on", dated)
    for doubt in base.doubts:
        if doubt.field in ("issuer", "issued_on", "subject", "type"):
            at(doubt.field, doubt.line)
    for place, item in enumerate(base.items):
        at(f"items.{place}", item.line)
    if "symbol" in found:
        found.setdefault("type", found["symbol"])
    return found


def _line_with(lines: Sequence[str], value: str | None, *, last: bool = False) -> int | None:
    """The line that holds the first words of a value."""
    if not value:
        return None
    begins = " ".join(value.casefold().split()[:4])
    numbered = list(enumerate(lines, 1))
    for number, line in reversed(numbered) if last else numbered:
        if begins in " ".join(line.casefold().split()):
            return number
    return None
