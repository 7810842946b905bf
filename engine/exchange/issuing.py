"""A reviewed draft → the command that issues it. Pure: draft, directory and the door's choices go in.

It refuses what a person has to settle first, all of it at once; what the law refuses is left to the law.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.exchange.drafts import Citation, Draft, Item, standing_doubts
from engine.exchange.identities import as_number
from engine.exchange.office_names import addressed, named
from engine.exchange.symbols import compose, read_symbol
from workflows.commands import Actor, Issue, ItemDraft
from workflows.definition import Definition
from workflows.directive import Basis
from workflows.errors import Incomplete, Refused
from workflows.fields import parse_instant
from workflows.offices import Office, Offices
from workflows.workflow import Workflows

_NAMED_MAX = 10


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who issues has said beside the draft. None and empty leave it to the draft.

    `cascade` and `parent` say under which obligation it comes; `parent_workflow` is that obligation's.
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
    command_id: str | None = None


def to_issue(draft: Draft, offices: Offices, workflows: Workflows, choices: Choices) -> Issue:
    """The command. Raises Refused naming every blocking doubt, Incomplete naming all that is not found."""
    draft = completed(draft, choices)
    asked = f"issue {draft.symbol or 'this draft'}"
    _refuse_while_doubtful(draft, asked)
    assert draft.symbol and draft.type and draft.issued_on and draft.subject  # noqa: PT018 - no doubt stands
    if not len(offices):
        raise Refused(asked, "no office is in the directory. Fill it: cascade office import FILE (or --sample)")
    issuer = _issuer(draft, offices, choices, asked)
    items = _items(draft, offices, issuer, choices, asked)
    command_id = choices.command_id or derived_id(issuer.id, draft.symbol, draft.issued_on, choices.cascade)
    return Issue(
        id=command_id,
        by=choices.by,
        symbol=draft.symbol,
        type=draft.type,
        issuer=issuer.id,
        issued_on=draft.issued_on,
        subject=draft.subject,
        items=items,
        workflow=_workflow(draft, workflows, issuer, choices, asked),
        cascade=choices.cascade,
        arrived_on=choices.arrived_on,
        place=draft.place,
        signer=_signer(draft),
        urgency=draft.urgency,
    )


def completed(draft: Draft, choices: Choices) -> Draft:
    """The draft with the number and the day that were given beside it."""
    if choices.number is not None:
        symbol = compose(choices.number, draft.notation) if draft.notation else None
        if symbol and read_symbol(symbol) is None:
            raise Incomplete(f"issue {symbol}", f"{choices.number!r} is not the number of a document, such as 61 or 05")
        draft = replace(draft, number=as_number(choices.number), symbol=symbol)
    if choices.issued_on is not None:
        draft = replace(draft, issued_on=choices.issued_on)
    return draft


def derived_id(issuer: str, symbol: str, issued_on: date, cascade: str | None) -> str:
    """A document has one id, however often it is issued: the second time it is answered, not issued."""
    plain = "".join(unicodedata.normalize("NFC", symbol).upper().split())
    return f"issue:{issuer}:{plain}:{issued_on.year}{f':{cascade}' if cascade else ''}"


def _refuse_while_doubtful(draft: Draft, asked: str) -> None:
    doubts = standing_doubts(draft)
    if not doubts:
        return
    lines = [
        f"  {f'line {doubt.line}: ' if doubt.line else ''}{' '.join(doubt.says.split())}{_OPTIONS.get(doubt.field, '')}"
        for doubt in doubts
    ]
    count = "a blocking doubt stands" if len(doubts) == 1 else f"{len(doubts)} blocking doubts stand"
    raise Refused(asked, f"{count}; fill in the fields they name:\n" + "\n".join(lines))


_OPTIONS = {"number": " (Or here: --number N)", "issued_on": " (Or here: --date DAY)"}


def _issuer(draft: Draft, offices: Offices, choices: Choices, asked: str) -> Office:
    given = choices.issuer or _text(draft, "issuer")
    if given:
        return offices.get(given)
    if not draft.issuer:
        raise Incomplete(asked, "it does not say who issues it; give --issuer OFFICE, or `issue.issuer` in the draft")
    found = named(draft.issuer, list(offices))
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found[:_NAMED_MAX])
        raise Incomplete(asked, f'its issuer "{draft.issuer}" can be {ids}; give --issuer with one of them')
    raise Incomplete(
        asked,
        f'its issuer "{draft.issuer}" is not in the directory; give --issuer OFFICE, or add it:'
        " cascade office import FILE",
    )


def _items(draft: Draft, offices: Offices, issuer: Office, choices: Choices, asked: str) -> tuple[ItemDraft, ...]:
    """Every item with its offices: its own where it names them, else those the whole document goes to."""
    wrong: list[str] = []
    for_all: tuple[str, ...] | None = None
    made = []
    for item in draft.items:
        lead, support, info = (
            _ids(names, offices, f"item {item.number}", wrong) for names in (item.lead, item.support, item.info)
        )
        if not lead and not (info and not support):
            for_all = _to_all(draft, offices, issuer, choices, wrong) if for_all is None else for_all
            lead = tuple(office for office in for_all if office not in (*support, *info))
        made.append(_item(item, draft, choices, lead=lead, support=support, info=info))
    if wrong:
        raise Incomplete(asked, "; ".join(dict.fromkeys(wrong)))
    return tuple(made)


def _to_all(draft: Draft, offices: Offices, issuer: Office, choices: Choices, wrong: list[str]) -> tuple[str, ...]:
    """The offices a document goes to: those given, else its addressees found in the directory."""
    given = tuple(choices.to) or _texts(draft, "to")
    if given:
        return _ids(given, offices, "--to", wrong)
    found: dict[str, None] = {}
    missing = []
    for name in draft.addressees:
        matched = addressed(name, issuer, offices)
        collective = len(matched) > 1 and all(one.above == issuer.id for one in matched)
        if len(matched) == 1 or collective:
            found.update(dict.fromkeys(one.id for one in matched))
        else:
            missing.append(f'"{name}"')
    if missing:
        wrong.append(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not found below {issuer.id} in the"
            " directory; give --to OFFICE, or add them: cascade office import FILE"
        )
    elif not found:
        wrong.append("it names nobody it goes to; give --to OFFICE, or `lead` in its items")
    return tuple(found)


def _ids(names: Sequence[str], offices: Offices, where: str, wrong: list[str]) -> tuple[str, ...]:
    found = []
    for name in names:
        matched = named(name, list(offices))
        if len(matched) == 1:
            found.append(matched[0].id)
        elif matched:
            wrong.append(f"{where}: {name!r} can be {', '.join(one.id for one in matched[:_NAMED_MAX])}; write the id")
        else:
            known = ", ".join(one.id for one in list(offices)[:_NAMED_MAX])
            wrong.append(f"{where}: no office {name!r} in the directory ({known}, …: cascade office list)")
    return tuple(dict.fromkeys(found))


def _item(
    item: Item,
    draft: Draft,
    choices: Choices,
    *,
    lead: tuple[str, ...],
    support: tuple[str, ...],
    info: tuple[str, ...],
) -> ItemDraft:
    return ItemDraft(
        label=item.number,
        text=item.text,
        mode=None if item.due else item.mode,
        due=parse_instant(item.due) if item.due else None,
        due_wording=item.due_wording if item.due else None,
        lead=lead,
        support=support,
        info=info,
        parent=choices.parent,
        bases=_bases(item, draft),
    )


def _bases(item: Item, draft: Draft) -> tuple[Basis, ...]:
    """The documents an item cites, and those that the whole letter rests on."""
    in_items = {symbol for one in draft.items for symbol in one.cites}

    def bears(citation: Citation) -> bool:
        whole = citation.symbol not in in_items and citation.relation != "cites"
        return whole or citation.symbol in item.cites

    return tuple(
        Basis(citation.relation, citation.symbol, citation.issued_on, citation.issuer)
        for citation in draft.cites
        if bears(citation)
    )


def _workflow(draft: Draft, workflows: Workflows, issuer: Office, choices: Choices, asked: str) -> str:
    """The workflow that was chosen, else the parent's, else the one that suits."""
    given = choices.workflow or _text(draft, "workflow") or choices.parent_workflow
    return suitable_workflow(draft.type, issuer, workflows, given, asked)


def suitable_workflow(kind: str | None, issuer: Office, workflows: Workflows, given: str | None, asked: str) -> str:
    """The workflow that is given, else the one that suits a type of document and its issuer, else the only one.

    Raises NotFound or Incomplete.
    """
    if given:
        workflows.get(given)
        return given
    definitions: dict[str, Definition] = {one.definition.workflow: one.definition for one in workflows}
    names = sorted(definitions)
    suited = [
        name
        for name in names
        if kind in definitions[name].suggest_for.types
        and definitions[name].suggest_for.issued_at in (None, issuer.level)
    ]
    fitting = [name for name in names if issuer.level in definitions[name].levels]
    for choice in (suited, fitting, names):
        if len(choice) == 1:
            return choice[0]
    raise Incomplete(asked, f"several workflows are published; give --workflow with one of {', '.join(names)}")


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
