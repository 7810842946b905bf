"""A document registered: its text or file handed in, what was read of it reviewed field by field, and issued."""

import uuid
from dataclasses import replace
from typing import Any

from fastapi import Response
from starlette.datastructures import UploadFile

from engine import papers, registering
from engine.access.errors import Forbidden
from engine.access.rules import check
from engine.exchange import reviewing
from engine.exchange.drafts import DUE_KINDS
from engine.exchange.errors import DocumentRefused
from engine.papers import Paper
from engine.registering import Ready
from engine.web import draft_words, drafting
from engine.web.downloads import download
from engine.web.drafting import Under
from engine.web.errors import Hindered
from engine.web.replies import Blanks, Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import documents, drafts, uploads
from storage.drafts import RegisterDraft
from storage.queries import registers
from storage.queries.links import Registered
from workflows.calendar import day_of
from workflows.commands import Actor, Issue
from workflows.document_types import TYPES, URGENCIES
from workflows.errors import Conflict, NotFound, NotYours, Refused
from workflows.offices import Offices
from workflows.text import Text, say

routes = Routes()
_DEED = "directive.register"


@routes.get("/register/new", _DEED)
def new(visit: Visit, under: str = "", replaces: str = "") -> Page:
    """Where a document begins: its text, its file, or nothing but its fields."""
    return _new_page(visit, _under(visit, under), replaces)


@routes.post("/register/new", _DEED, uploads=True)
def hand_in(visit: Visit) -> Page | Response:
    """Take a text or a file, read it, and open the form of its review."""
    person, now, text = visit.known, visit.now(), visit.typed("text")
    under = _under(visit, visit.typed("under"))
    given = visit.form.get("file")
    file = given if isinstance(given, UploadFile) and (given.filename or given.size) else None
    data = file.file.read(documents.SIZE_MAX + 1) if file else b""
    if len(data) > documents.SIZE_MAX:
        raise Hindered(413, say("The file is larger than 25 MB. Hand in the letter without its appendices."))
    if not file and not text and not visit.typed("blank"):
        errors = {"text": say("Paste the text or choose a file; or begin with an empty form below.")}
        return _new_page(visit, under, visit.typed("replaces"), errors)
    try:
        paper = (
            papers.handed_in(file.filename or "", data) if file else papers.pasted(text) if text else Paper("txt", "")
        )
        if file and text and not paper.text:
            paper = replace(paper, text=papers.pasted(text).text)
    except DocumentRefused as error:
        wrong = {"file" if file else "text": error.text}
        return _new_page(visit, under, visit.typed("replaces"), wrong, text)
    with visit.database.transaction() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(now))
        draft = drafting.begun(paper, paper.kind if file else None, offices, under, now, visit.typed("replaces"))
        drafts.begin(connection, person.account, draft, data if file else None)
    return go(visit.way("draft", name=draft.id))


@routes.get("/register/drafts/{name}", _DEED)
def draft(visit: Visit, name: str) -> Page:
    """The form of a review, as it was left."""
    with visit.reading() as connection:
        found = drafts.get(connection, visit.known.account, name)
    return _draft_page(visit, found)


@routes.get("/register/drafts/{name}/original", _DEED)
def draft_original(visit: Visit, name: str) -> Response:
    """The file that came with a draft."""
    with visit.reading() as connection:
        found = drafts.get(connection, visit.known.account, name)
        content = drafts.original(connection, visit.known.account, name)
    if content is None or found.kind is None:
        raise NotFound(say("No original came with this draft."))
    return download(f"{found.title.partition(' · ')[0] or 'original'}.{found.kind}", found.kind, content)


@routes.post("/register/drafts/{name}", _DEED)
def change_draft(visit: Visit, name: str) -> Page | Response:
    """Keep what was typed; then do what the button says: one more row, one fewer, give up, attach, issue."""
    account, now, asked = visit.known.account, visit.now(), visit.typed("do")
    rows = visit.typed("rows")
    fields = {key: value for key, value in visit.form.items() if isinstance(value, str)}
    typed = reviewing.gathered(fields, int(rows) if rows.isascii() and rows.isdigit() and len(rows) < 5 else 0)
    with visit.database.transaction() as connection:
        found = drafts.get(connection, account, name)
        typed = {**typed, "under": found.typed["under"], "replaces": found.typed["replaces"]}
        if asked == "give-up":
            drafts.give_up(connection, account, name)
            return go(visit.way("register"))
        word, _, row = asked.partition("-")
        removed = int(row) if word == "remove" and row.isascii() and row.isdigit() and len(row) < 5 else None
        kept = drafting.more_rows(found, typed, 1 if asked == "add" else 0, removed)
        drafts.change(connection, account, name, drafting.title_of(kept.typed), kept.typed, now)
    if asked in ("issue", "another", "attach"):
        return _issued(visit, kept, asked)
    if asked == "check":
        return _draft_page(visit, kept, told=True)
    last = len(kept.typed["items"]) - 1
    return go(
        visit.way("draft", name=name) + (f"#item-{last}" if asked == "add" else "#items" if removed is not None else "")
    )


def _issued(visit: Visit, kept: RegisterDraft, asked: str) -> Page | Response:
    """Issue a draft, unless something in it has to be settled first; then its form again, with what that is."""
    person, now, account = visit.known, visit.now(), visit.known.account
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(now))
        one = drafting.shown(connection, known, person, kept, now)
        if one.reviewed.errors:
            return _draft_page(visit, kept, told=True)
        actor = drafting.actor_for(person, kept.typed["issuer"], offices)
        if actor is None:
            raise Forbidden("directive.issue", say("issue a directive"), say("you hold no seat of a clerk or leader"))
        check(person, "directive.issue", actor.office)
        digest = drafting.with_digest(drafts.original(connection, account, kept.id))
        command_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{account}:{kept.id}").hex if asked == "another" else None
        try:
            choices = drafting.choices_of(one, actor, digest, command_id)
            ready = registering.ready(connection, known, one.reviewed.draft, choices, another=asked == "another")
        except Refused as refused:
            return _draft_page(visit, kept, refused=refused.text)
    if ready.known and asked != "attach":
        return _draft_page(visit, kept, known=ready.known)
    if ready.known:
        return _attached(visit, kept, ready, actor)
    return _carried_out(visit, kept, ready)


def _attached(visit: Visit, kept: RegisterDraft, ready: Ready, actor: Actor) -> Page | Response:
    """To a document that is known already: what it rests on beside, and this copy of it, unless it is kept already."""
    executor, account, first = visit.site.runtime.executor, visit.known.account, ready.known[0]
    try:
        count = registering.attached(executor, ready.prepared.issue, first)
        with visit.database.transaction() as connection:
            copy = drafting.offered_original(connection, account, kept, visit.now())
        added = copy is not None and registering.copy_added(
            executor, ready.prepared.issue.id, actor, first.cascade, first.number, copy
        )
    except (Refused, NotFound) as refused:
        if isinstance(refused, NotYours):
            raise
        return _draft_page(visit, kept, refused=refused.text)
    with visit.database.transaction() as connection:
        drafts.give_up(connection, account, kept.id)
        uploads.named(connection, account, [copy.digest] if copy else [])
    way = visit.way("register_entry", cascade=first.cascade, number=first.number)
    return go(f"{way}?attached={count}&copy={int(added)}")


def _carried_out(visit: Visit, kept: RegisterDraft, ready: Ready) -> Page | Response:
    """Issue; the original that waits becomes one in the same transaction."""
    executor, account = visit.site.runtime.executor, visit.known.account
    try:
        with visit.database.transaction() as connection:
            copy = drafting.offered_original(connection, account, kept, visit.now())
        asked = _replacing(kept, ready.prepared.issue)
        [answer] = executor.execute([asked])
        added = (
            answer.again
            and copy is not None
            and answer.directive is not None
            and registering.copy_added(executor, asked.id, asked.by, answer.cascade, answer.directive, copy)
        )
    except Conflict:
        says = say("{issuer} has issued {symbol} of {year} already, with other content. Look for it in the register; if this is"
                   " another document all the same, issue it as one.", issuer=ready.prepared.issue.issuer,
                   symbol=ready.prepared.issue.symbol, year=ready.prepared.issue.issued_on.year)  # fmt: skip
        return _draft_page(visit, kept, refused=says, another=True)
    except (Refused, NotFound) as refused:
        if isinstance(refused, NotYours):
            raise
        return _draft_page(visit, kept, refused=refused.text)
    linked, _ = registering.link_what_is_known(executor, asked, answer)
    with visit.database.transaction() as connection:
        drafts.give_up(connection, account, kept.id)
        uploads.named(connection, account, [asked.original] if asked.original else [])
    way = visit.way("register_entry", cascade=answer.cascade, number=answer.directive)
    done = "again" if answer.again else "issued"
    return go(f"{way}?{done}={len(answer.obligations)}&linked={linked}{'&copy=1' if added else ''}")


def _replacing(kept: RegisterDraft, asked: Issue) -> Issue:
    """The directive as one that takes the place of another, in that one's cascade."""
    cascade, _, number = kept.typed["replaces"].partition("/")
    if not number:
        return asked
    if asked.cascade not in (None, cascade):
        because = say("the one it replaces lies in another cascade than the obligation it comes under")
        raise Refused(say("replace {text}", text=kept.typed["replaces"]), because)
    return replace(asked, cascade=cascade, replaces=int(number), open_work=kept.typed["open_work"] or None)


def _under(visit: Visit, text: str) -> Under | None:
    with visit.reading() as connection:
        return drafting.under_named(connection, visit.known_rules(connection), visit.known, text.strip(), visit.now())


def _new_page(
    visit: Visit, under: Under | None, replaces: str, errors: dict[str, Any] | None = None, text: str = ""
) -> Page:
    with visit.reading() as connection:
        waiting = drafts.listed(connection, visit.known.account)
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        old = _replaced(visit, connection, offices, replaces)
    return Page(
        "register_new.html",
        {"under": under, "drafts": waiting, "errors": Blanks(errors or {}), "text": text, "offices": offices,
         "replaces": replaces, "old": old},
        422 if errors else 200,
    )  # fmt: skip


def _replaced(visit: Visit, connection: Any, offices: Offices, text: str) -> registers.Registered | None:
    """The directive that is to be replaced. Raises NotFound."""
    if not text:
        return None
    cascade, _, number = text.partition("/")
    fits = number.isascii() and number.isdigit() and len(number) < 10
    found = registers.find(connection, visit.known.sight(offices), cascade, int(number)) if fits else None
    if found is None:
        raise NotFound(say("There is no directive {text} that you see", text=text[:100]))
    return found


def _draft_page(
    visit: Visit, kept: RegisterDraft, *, told: bool = False, refused: Text | str = "", another: bool = False,
    known: tuple[Registered, ...] = (),
) -> Page:  # fmt: skip
    """The form. `told`: what has to be settled is said beside each field; else only what was in doubt when it was read."""
    now = visit.now()
    with visit.reading() as connection:
        rules = visit.known_rules(connection)
        offices = rules.offices.on(day_of(now))
        one = drafting.shown(connection, rules, visit.known, kept, now)
        old = _replaced(visit, connection, offices, kept.typed["replaces"])
    errors = one.reviewed.errors if told else {}
    below = [office for office in offices if office.above == kept.typed["issuer"]]
    return Page(
        "register_draft.html",
        {
            "one": one, "typed": kept.typed, "errors": Blanks(errors), "refused": refused, "another": another, "known": known,
            "doubts": draft_words.doubts(one), "in_form": draft_words.in_form, "old": old, "told": told,
            "types": [("", say("choose"))] + [(code, f"{name} ({code})") for code, name in TYPES.items()],
            "urgencies": [("", say("not urgent"))] + [(word, word) for word in URGENCIES],
            "issuers": [("", say("choose"))] + [(office.id, f"{office.name} ({office.id})") for office in offices],
            "workflows": draft_words.workflows(one, rules.workflows.in_use()),
            "modes": [("", say("by its deadline")), *drafting.MODE_WORDS.items()],
            "open_works": [("", say("as the workflow says")), ("repoint", say("goes on under the new document")),
                           ("stop", say("stops")), ("keep", say("stays as it is"))],
            "below": below or list(offices), "due_kinds": DUE_KINDS, "kind_words": papers.CALLED,
        },
        422 if errors or refused or known else 200,
    )  # fmt: skip
