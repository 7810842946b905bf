"""A reviewed draft → the command that issues it. Pure: draft, directory and the door's choices go in.

It refuses what a person has to settle first, all of it at once; what the law refuses is left to the law.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.exchange.drafts import Citation, Doubt, Draft, Item, standing_doubts
from engine.exchange.due_fields import item_dates_of
from engine.exchange.identities import as_number
from engine.exchange.item_offices import NAMED_MAX, ItemOffices, Whom
from engine.exchange.office_names import named
from engine.exchange.symbols import compose, read_symbol
from engine.labels import labelled
from workflows.commands import Actor, Issue, ItemDraft
from workflows.definition import Definition
from workflows.directive import ANSWERED, BASIS_KINDS, Basis
from workflows.errors import Incomplete, Refused
from workflows.offices import Office, Offices
from workflows.suggesting import Document, against, best, suggested
from workflows.text import Text, joined, say, say_count
from workflows.workflow import Workflows


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who issues has said beside the draft. None and empty leave it to the draft.

    `cascade` and `parent` say under which obligation it comes; `parent_workflow` is that obligation's. `original` is the
    sha256 of the paper that is kept.
    `next_number` finds the next free number of a series: issuer's id, year, notation.
    """

    by: Actor
    cascade: str | None = None
    parent: int | None = None
    parent_workflow: str | None = None
    workflow: str | None = None
    issuer: str | None = None
    to: Sequence[str] = ()
    number: str | None = None
    issued_on: date | None = None
    arrived_on: date | None = None
    arrival_number: str | None = None
    original: str | None = None
    command_id: str | None = None
    next_number: Callable[[str, int, str], int] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The command that issues a draft, and what of the draft it leaves out: a sentence each."""

    issue: Issue
    notes: tuple[Text, ...] = ()


def to_issue(draft: Draft, offices: Offices, workflows: Workflows, choices: Choices) -> Prepared:
    """The command. Raises Refused naming every blocking doubt, Incomplete naming all that is not found."""
    draft = completed(draft, choices)
    asked = say("issue {symbol}", symbol=draft.symbol) if draft.symbol else say("issue this draft")
    _refuse_while_doubtful(draft, offices, choices, asked)
    assert draft.symbol and draft.type and draft.issued_on and draft.subject  # noqa: PT018 - no doubt stands
    if not len(offices):
        says = say("no office is in the directory. Fill it: cascade office import FILE (or --sample)")
        raise Refused(asked, says)
    issuer = _issuer(draft, offices, choices, asked)
    whom = Whom(draft, issuer, offices, tuple(choices.to) or _texts(draft, "to"))
    items = _items(draft, whom, choices)
    if whom.wrong:
        raise Incomplete(asked, joined(dict.fromkeys(whom.wrong), "; "))
    workflow, why = _workflow(draft, workflows, issuer, choices, asked)
    command_id = choices.command_id or derived_id(issuer.id, draft.symbol, draft.issued_on, choices.cascade)
    issue = Issue(
        id=command_id,
        by=choices.by,
        symbol=draft.symbol,
        type=draft.type,
        issuer=issuer.id,
        issued_on=draft.issued_on,
        subject=draft.subject,
        items=items,
        workflow=workflow,
        cascade=choices.cascade,
        arrived_on=choices.arrived_on,
        arrival_number=choices.arrival_number,
        place=draft.place,
        signer=_signer(draft),
        urgency=draft.urgency,
        original=choices.original,
    )
    return Prepared(issue, (*([why] if why else []), *whom.notes))


def completed(draft: Draft, choices: Choices) -> Draft:
    """The draft with the number and the day that were given beside it."""
    if choices.number is not None:
        symbol = compose(choices.number, draft.notation) if draft.notation else None
        if symbol and read_symbol(symbol) is None:
            says = say("'{number}' is not the number of a document, such as 61 or 05", number=choices.number)
            raise Incomplete(say("issue {symbol}", symbol=symbol), says)
        draft = replace(draft, number=as_number(choices.number), symbol=symbol)
    if choices.issued_on is not None:
        draft = replace(draft, issued_on=choices.issued_on)
    return draft


def derived_id(issuer: str, symbol: str, issued_on: date, cascade: str | None) -> str:
    """A document has one id, however often it is issued: the second time it is answered, not issued."""
    plain = "".join(unicodedata.normalize("NFC", symbol).upper().split())
    return f"issue:{issuer}:{plain}:{issued_on.year}{f':{cascade}' if cascade else ''}"


def _refuse_while_doubtful(draft: Draft, offices: Offices, choices: Choices, asked: str) -> None:
    doubts = standing_doubts(draft)
    if not doubts:
        return
    says = say_count(
        "a blocking doubt stands; fill in the fields they name:",
        "{count} blocking doubts stand; fill in the fields they name:",
        len(doubts),
    )
    lines = []
    for doubt in doubts:
        line = say("line {line}:", line=doubt.line) if doubt.line else ""
        option = _option(doubt, draft, offices, choices)
        lines.append(joined(filter(None, (line, doubt.says, option)), " "))
    raise Refused(asked, joined((says, *lines), "\n  "))


def _option(doubt: Doubt, draft: Draft, offices: Offices, choices: Choices) -> str:
    """What settles a doubt at the door; for a blank number the next free one of its series."""
    if doubt.field == "issued_on":
        return say("(Or here: --date DAY)")
    if doubt.field != "number":
        return ""
    free = _next_number(draft, offices, choices)
    if free is None:
        return say("(Or here: --number N)")
    return say("(Or here: --number {free}, the next free one)", free=free)


def _next_number(draft: Draft, offices: Offices, choices: Choices) -> int | None:
    year = draft.issued_on.year if draft.issued_on else draft.issued_year
    given = choices.issuer or _text(draft, "issuer")
    found = [offices.find(given)] if given else named(draft.issuer or "", list(offices))
    issuer = found[0] if len(found) == 1 else None
    if choices.next_number is None or issuer is None or issuer.outside or not (year and draft.notation):
        return None
    return choices.next_number(issuer.id, year, draft.notation)


def _issuer(draft: Draft, offices: Offices, choices: Choices, asked: str) -> Office:
    given = choices.issuer or _text(draft, "issuer")
    if given:
        return offices.get(given)
    if not draft.issuer:
        says = say("it does not say who issues it; give --issuer OFFICE, or `issue.issuer` in the draft")
        raise Incomplete(asked, says)
    found = named(draft.issuer, list(offices))
    if len(found) == 1:
        return found[0]
    if found:
        ids = [one.id for one in found[:NAMED_MAX]]
        says = say('its issuer "{name}" can be {ids}; give --issuer with one of them', name=draft.issuer, ids=ids)
        raise Incomplete(asked, says)
    says = say(
        'its issuer "{name}" is not in the directory; give --issuer OFFICE, or add it: cascade office import FILE',
        name=draft.issuer,
    )
    raise Incomplete(asked, says)


def _items(draft: Draft, whom: Whom, choices: Choices) -> tuple[ItemDraft, ...]:
    made = []
    for item in draft.items:
        offices = whom.of(item)
        if item.parent and not choices.cascade:
            whom.wrong.append(
                say(
                    "item {item} comes under obligation {parent}, but of which cascade? Give --under CASCADE/N, or"
                    " `issue.under` in the draft",
                    item=item.number,
                    parent=item.parent,
                )
            )
        made.append(_item(item, draft, choices, offices))
    return tuple(made)


def _item(item: Item, draft: Draft, choices: Choices, offices: ItemOffices) -> ItemDraft:
    return ItemDraft(
        label=item.number,
        text=item.text,
        **item_dates_of(item),
        lead=offices.lead,
        support=offices.support,
        info=offices.info,
        parent=item.parent or choices.parent,
        officer=item.officer,
        controller=offices.controller,
        recipient=offices.recipient,
        targets=item.targets,
        bases=_bases(item, draft),
    )


def _bases(item: Item, draft: Draft) -> tuple[Basis, ...]:
    """The documents an item cites, and those that the whole letter rests on."""
    in_items = {symbol for one in draft.items for symbol in one.cites}

    def bears(citation: Citation) -> bool:
        whole = citation.symbol not in in_items and citation.relation != "cites"
        return whole or citation.symbol in item.cites

    found = [_basis(citation) for citation in draft.cites if bears(citation)]
    if not item.follows:
        return tuple(found)
    known = next((one for one in draft.cites if one.symbol == item.follows), Citation(item.follows))
    followed = _basis(known)
    if followed.kind not in ANSWERED:
        followed = replace(followed, kind="implements")
    return (followed, *(one for one in found if one.symbol != item.follows))


def _basis(citation: Citation) -> Basis:
    # What it replaces or revokes ends there.
    kind = citation.relation if citation.relation in BASIS_KINDS else "cites"
    return Basis(kind, citation.symbol, citation.issued_on, citation.issuer, citation.cascade, citation.obligation)


def _workflow(
    draft: Draft, workflows: Workflows, issuer: Office, choices: Choices, asked: str
) -> tuple[str, Text | None]:
    """The workflow that was chosen, else the parent's, else the one that suits; and why, where nobody chose it."""
    given = choices.workflow or _text(draft, "workflow") or choices.parent_workflow
    document = Document(draft.type, issuer.level, draft.urgency, draft.subject)
    return suitable_workflow(document, workflows, given, asked)


def suitable_workflow(
    document: Document, workflows: Workflows, given: str | None, asked: str
) -> tuple[str, Text | None]:
    """The workflow that is given, else the one that suits a document best, else the only one that could; and why it was
    taken, where it was one of several.

    Raises NotFound, or Incomplete where several are equally good, or none suits: each with its title and reasons.
    """
    if given:
        workflows.get(given)
        return given, None
    definitions = {name: one.definition for name, one in workflows.in_use().items()}
    if not definitions:
        raise Incomplete(asked, say("no workflow is in use: cascade workflow list says which are retired"))
    found = best(suggested(definitions, document))
    if len(found) == 1:
        why = say("workflow {name} is taken: {reasons}", name=found[0].workflow, reasons=joined(found[0].reasons, "; "))
        return found[0].workflow, why if len(definitions) > 1 else None
    if found:
        listed = [_titled(definitions[one.workflow], one.workflow, one.reasons) for one in found]
        says = say("several workflows suit it equally well; give --workflow with one of them:")
        raise Incomplete(asked, joined((says, *listed), "\n  "))
    fitting = [name for name, one in definitions.items() if document.level in one.levels]
    for choice in (fitting, [*definitions]):
        if len(choice) == 1:
            return choice[0], None
    listed = [_titled(one, name, against(one, document)) for name, one in definitions.items()]
    says = say("no workflow is suggested for it; give --workflow with one of them:")
    raise Incomplete(asked, joined((says, *listed), "\n  "))


def _titled(definition: Definition, name: str, reasons: Sequence[Text]) -> Text:
    """`annual-plan (Kế hoạch năm): its type is Kế hoạch (KH)`."""
    title = labelled(definition.title, definition.english.title)
    called = say("{name} ({title})", name=name, title=title)
    return say("{workflow}: {reasons}", workflow=called, reasons=joined(reasons, "; ")) if reasons else called


def _signer(draft: Draft) -> str | None:
    if draft.signer is None:
        return None
    parts = [*draft.signer.authority, draft.signer.position, draft.signer.name]
    return ", ".join(part for part in parts if part) or None


def _text(draft: Draft, key: str) -> str | None:
    value = draft.issue.get(key)
    return None if value is None or value in ("", []) else str(value)


def _texts(draft: Draft, key: str) -> tuple[str, ...]:
    value = draft.issue.get(key)
    return tuple(map(str, value)) if isinstance(value, list) else ((str(value),) if value else ())
