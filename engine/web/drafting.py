"""A draft of the register as a page shows and issues it: what was read again from its text, and what was typed since."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.access.person import Person
from engine.exchange import reviewing
from engine.exchange.dispatch import read_dispatch
from engine.exchange.drafts import Draft
from engine.exchange.errors import UnreadableDocument
from engine.exchange.issuing import Choices
from engine.exchange.proposals import propose
from engine.exchange.reviewing import Reviewed, Source
from engine.execute import Known
from engine.files import safe_name
from engine.papers import Paper
from engine.showing.worlds import world_of
from storage import documents, drafts, uploads
from storage.drafts import RegisterDraft
from workflows.calendar import day_of
from workflows.commands import Actor
from workflows.directive import Attachment, Directive
from workflows.errors import NotFound
from workflows.obligation import Obligation
from workflows.offices import Offices
from workflows.suggesting import Document, Suggestion, best, suggested
from workflows.text import Text, say

MODE_WORDS: Mapping[str, Text] = {
    "once": say("once, by a date that is computed"),
    "periodic": say("again every period"),
    "on_event": say("whenever something happens"),
    "linked": say("under another document"),
    "info": say("to be known only"),
}
_NAME_MAX = 100  # of the name of a copy
ISSUERS = ("leader", "clerk")  # who issues; a leader's own seat goes first


@dataclass(frozen=True, slots=True)
class Under:
    """The obligation that a document passes on, and the document it came by."""

    cascade: str
    obligation: Obligation
    directive: Directive

    @property
    def key(self) -> str:
        return f"{self.cascade}/{self.obligation.number}"


def read(text: str) -> tuple[Draft, Text | str | None]:
    """What the reader makes of a text; where it reads no dispatch in it, an empty draft, and why."""
    if not text:
        return Draft(), None
    try:
        return propose(read_dispatch(text)), None
    except UnreadableDocument as error:
        return Draft(), error.text


def begun(
    paper: Paper, kind: str | None, offices: Offices, under: Under | None, now: datetime, replaces: str = ""
) -> RegisterDraft:
    """A new draft, its form filled in with what was read; `kind` is that of the file that came with it."""
    base, _ = read(paper.text)
    typed = reviewing.proposed(base, offices)
    typed["replaces"] = replaces
    if under:
        typed["under"] = under.key
        typed["issuer"] = typed["issuer"] or under.obligation.holder
    return RegisterDraft(secrets.token_hex(8), title_of(typed), paper.text, now, typed, kind)


def title_of(typed: Mapping[str, Any]) -> str:
    """What a list of drafts calls it."""
    return " · ".join(part for part in (typed["symbol"], typed["subject"][:120]) if part)


def under_named(connection: Connection, known: Known, person: Person, text: str, now: datetime) -> Under | None:
    """The obligation that `CASCADE/N` means, if this person sees it. Raises NotFound."""
    if not text:
        return None
    cascade, stroke, number = text.partition("/")
    if not (stroke and number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound(say("{text!r} names no obligation; it is written CASCADE/NUMBER", text=text[:100]))
    world = world_of(connection, known, cascade, now)
    one = world.obligation(int(number))
    sight = person.sight(known.offices.on(day_of(now)))
    parties = {one.holder, one.giver, one.controller, one.recipient}
    if sight.offices is not None and not parties & sight.offices:
        raise NotFound(say("No obligation {number} in cascade {cascade}", number=number, cascade=cascade))
    return Under(cascade, one, world.directive(one.directive))


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page of a draft needs. `suggestions` are the workflows that suit best; `errors` by the field."""

    draft: RegisterDraft
    base: Draft
    reviewed: Reviewed
    why_not_read: Text | str | None
    sources: dict[str, Source]
    lines: list[str]
    suggestions: list[Suggestion]
    under: Under | None


def shown(connection: Connection, known: Known, person: Person, draft: RegisterDraft, now: datetime) -> Shown:
    """A draft read again from its text, with what was typed since."""
    offices = known.offices.on(day_of(now))
    base, why = read(draft.text)
    made = reviewing.reviewed(base, draft.typed, offices)
    under = under_named(connection, known, person, draft.typed["under"], now)
    lines = draft.text.split("\n") if draft.text else []
    issuer = offices.find(draft.typed["issuer"])
    document = Document(draft.typed["type"] or None, issuer.level if issuer else None, draft.typed["urgency"] or None,
                        draft.typed["subject"] or None)  # fmt: skip
    definitions = {name: one.definition for name, one in known.workflows.in_use().items()}
    if (
        not (draft.typed["workflow"] or under)
        and len(best(suggested(definitions, document))) != 1
        and len(definitions) > 1
    ):
        made.errors["workflow"] = say("Choose the workflow; nothing says clearly which one suits.")
    return Shown(
        draft, base, made, why, reviewing.sources(base, lines), lines, best(suggested(definitions, document)), under
    )


def actor_for(person: Person, issuer: str, offices: Offices) -> Actor | None:
    """As whom this person issues a document of an office: its own leader or clerk, or the host's clerk for one outside. Where
    it is none of these the law is asked with the seat there is, and says who could."""
    office = offices.find(issuer)
    host = offices.host
    wanted = [(host.id, "clerk")] if office and office.outside and host else [(issuer, role) for role in ISSUERS]
    held = [place for place in (*wanted, *person.places) if place in person.places and place[1] in ISSUERS]
    return person.actor(*held[0], "issue") if held else None


def choices_of(one: Shown, actor: Actor, digest: str | None, command_id: str | None) -> Choices:
    """What the form says beside the draft."""
    typed, under = one.draft.typed, one.under
    return Choices(
        by=actor,
        cascade=under.cascade if under else None,
        parent=under.obligation.number if under else None,
        parent_workflow=under.obligation.workflow if under else None,
        workflow=typed["workflow"] or None,
        issuer=typed["issuer"],
        arrived_on=one.reviewed.arrived_on,
        arrival_number=typed["arrival_number"] or None,
        original=digest,
        command_id=command_id,
    )


def offered_original(connection: Connection, account: str, draft: RegisterDraft, now: datetime) -> Attachment | None:
    """Let the original that came with a draft wait to be named by the entry it belongs to; what a command says of it."""
    content = drafts.original(connection, account, draft.id)
    if not content:
        return None
    one = uploads.put(connection, account, draft.kind or "txt", content, now)
    name = safe_name(draft.title.partition(" · ")[0].replace("/", "_")) or "original"
    return Attachment("original", one.digest, f"{name[:_NAME_MAX]}.{one.kind}", one.size, one.kind)


def with_digest(content: bytes | None) -> str | None:
    return documents.digest_of(content) if content else None


def more_rows(draft: RegisterDraft, typed: dict[str, Any], add: int = 0, remove: int | None = None) -> RegisterDraft:
    """The draft with one more row for an item, or one fewer."""
    rows = [row for place, row in enumerate(typed["items"]) if place != remove]
    rows += [reviewing.blank_row(len(rows) + 1 + n) for n in range(add)]
    return replace(draft, typed={**typed, "items": rows or [reviewing.blank_row(1)]})
