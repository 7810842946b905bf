"""One document of the register: what was entered, what it assigns, its original, and what may be done to it later."""

from fastapi import Response

from engine.access.rules import may
from engine.web.downloads import download
from engine.web.pages.register import MEANS_WORDS
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import directive_state_words, mode_words, size_words
from storage import cascades, documents, journal
from storage.queries import kept_files, links, registers
from storage.queries.registers import Registered
from workflows.calendar import day_of
from workflows.document_types import TYPES
from workflows.errors import NotFound
from workflows.offices import Offices
from workflows.text import Text, say, say_count
from workflows.words import DATED

routes = Routes()


@routes.get("/register/entries/{cascade}/{number}", "look.directive")
def register_entry(
    visit: Visit,
    cascade: str,
    number: str,
    issued: str = "",
    again: str = "",
    attached: str = "",
    copy: str = "",
    done: str = "",
) -> Page:
    """What is known of a document, with what was just done to it in a sentence."""
    now = visit.now()
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(now))
        one = seen(visit, connection, offices, cascade, number)
        items, obligations = cascades.given(connection, one.cascade, one.number)
        digest = documents.original_of(connection, one.cascade, one.number)
        waiting = [rests for rests in links.resting_on(connection, one.symbol, one.issued_on.year)
                   if (rests.cascade, rests.directive) != (one.cascade, one.number)][:50]  # fmt: skip
        files = kept_files.of_directive(connection, one.cascade, one.number)
        entry = next(iter(journal.about_directive(connection, one.cascade, one.number, "Issued")), None)
    definition = known.workflows.get(one.workflow).definition
    shown = [given for given in obligations if not given.standing]
    rows = [
        {
            "item": item,
            "mode": "" if item.mode == DATED else mode_words(definition, item.mode),
            "given": [(given, offices.find(given.holder)) for given in shown if given.item == item.number][:200],
        }
        for item in items
    ]
    return Page(
        "register_entry.html",
        {
            "one": one, "rows": rows, "digest": digest, "waiting": waiting, "entry": entry,
            "type": TYPES.get(one.type, one.type), "state": directive_state_words(one.state),
            "means": MEANS_WORDS.get(one.means, ""), "issuer": offices.find(one.issuer),
            "news": _news(issued, again, attached, copy == "1", done),
            "files": [(kept, size_words(kept.file.size)) for kept in files],
            "attaches": may(visit.known, "attachment.add"),
            **deeds_on(visit, one),
            "tree": visit.way("directive", cascade=one.cascade, number=one.number),
            "relays": _relayed(visit, obligations),
            "obligation_way": lambda number: visit.way("obligation", cascade=one.cascade, number=number),
        },
    )  # fmt: skip


@routes.get("/register/documents/{cascade}/{number}", "look.directive")
def original(visit: Visit, cascade: str, number: str) -> Response:
    """The original of a document, for whoever sees the document."""
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        one = seen(visit, connection, offices, cascade, number)
        digest = documents.original_of(connection, one.cascade, one.number)
        if digest is None:
            raise NotFound(say("No original was kept with {symbol}", symbol=one.symbol))
        found = documents.get(connection, digest)
    return download(one.symbol.replace("/", "_"), found.kind, found.content)


def deeds_on(visit: Visit, one: Registered) -> dict[str, bool]:
    """What this person may be shown to do with a document: change it, correct an entry of it. The law decides."""
    open_ = one.state in ("issued", "completed") and one.means in ("dispatch", "opening")
    return {"changes": open_ and may(visit.known, "directive.change"), "corrects": may(visit.known, "entry.correct")}


def seen(visit: Visit, connection: object, offices: Offices, cascade: str, number: str) -> Registered:
    """A document, if this person sees it. Raises NotFound."""
    fits = number.isascii() and number.isdigit() and len(number) < 10
    found = registers.find(connection, visit.known.sight(offices), cascade, int(number)) if fits else None  # type: ignore[arg-type]
    if found is None:
        raise NotFound(say("There is no directive {text} that you see", text=f"{cascade}/{number}"[:100]))
    return found


def _relayed(visit: Visit, obligations: list) -> list:  # type: ignore[type-arg]
    """The obligations that an office of this person may pass on."""
    mine = {place for place, role in visit.known.places if role in ("clerk", "leader")}
    return [one for one in obligations if one.open and one.holder in mine and one.part == "lead"][:20]


def _news(issued: str, again: str, attached: str, copied: bool, done: str) -> Text | str:
    def count(text: str) -> int:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0

    if issued:
        return say_count("It is issued: {count} obligation came of it.", "It is issued: {count} obligations came of it.",
                         count(issued))  # fmt: skip
    if again:
        was = say("It was issued before, just so; nothing was done now.")
        return say("It was issued before, just so. Your copy of it is kept too.") if copied else was
    if attached:
        links_ = say_count("{count} link was added to it; nothing is owed twice.",
                           "{count} links were added to it; nothing is owed twice.", count(attached))  # fmt: skip
        return say("{links} Your copy of it is kept too.", links=links_) if copied else links_
    return {
        "revoke": say("It is revoked."), "amend": say("It is amended."), "correct": say("The entry is corrected."),
        "files": say("The files are added."),
    }.get(done, "")  # fmt: skip
