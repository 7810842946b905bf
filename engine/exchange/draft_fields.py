"""The fields of a reviewer's YAML: what each may hold, and how number and symbol are made to agree."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.exchange.document_types import find_code
from engine.exchange.drafts import (
    DOUBTS,
    DUE_KINDS,
    RELATIONS,
    Citation,
    Doubt,
    Draft,
    IssueValue,
    Item,
    Signature,
    blank_issue,
)
from engine.exchange.due_fields import due_field
from engine.exchange.identities import as_number
from engine.exchange.symbols import compose, read_symbol
from engine.exchange.yaml_fields import (
    Faults,
    Reader,
    boolean,
    day,
    list_of,
    needed_text,
    nullable,
    one_of,
    record,
    shown,
    text,
    whole_number,
)
from workflows.document_types import TYPES, URGENCIES
from workflows.strict_yaml import Path, Plain
from workflows.text import say
from workflows.words import MODES

NO_SYMBOL, CONTRADICTION = "D105", "D106"


def read_draft(data: Plain, faults: Faults) -> Draft | None:
    """The draft in plain data; None, and the faults, when the data does not hold one."""
    draft = _draft(data, (), faults)
    return None if draft is None else _with_whole_symbol(draft, faults)


def _with_whole_symbol(draft: Draft, faults: Faults) -> Draft | None:
    """A reviewer gives the number, or the whole symbol, or both; then they must agree."""
    if draft.symbol is None and (draft.number is None or draft.notation is None):
        return draft
    written = draft.symbol or compose(draft.number or "", draft.notation or "")
    symbol = read_symbol(written)
    if symbol is None:
        says = say("{value} is no document symbol; write it like 61/SKHCN-VP or 36-NQ/TW", value=shown(written))
        faults.add(("symbol",), NO_SYMBOL, says)
        return None
    if draft.number is not None and str(draft.number).lstrip("0") != symbol.number.lstrip("0"):
        says = say(
            "the symbol {symbol} does not have the number {number}; correct one of them",
            symbol=written,
            number=draft.number,
        )
        faults.add(("symbol",), CONTRADICTION, says)
        return None
    code = find_code(symbol.notation) or "CV"
    kind = draft.type or (code if code in TYPES else None)
    number = as_number(symbol.number)
    return replace(draft, type=kind, number=number, notation=symbol.notation, symbol=str(symbol))


def _number(value: Plain, path: Path, faults: Faults) -> int | str | None:
    """`61`, `"61"`, `"05"`, `"61a"`, or null."""
    written = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    digits = written[:-1] if written[-1:].isalpha() else written
    if digits.isascii() and digits.isdigit() and len(digits) <= 6:
        return as_number(written)
    if value is not None:
        faults.expected(path, say("a document number such as 61"), value)
    return None


def _issue(value: Plain, path: Path, faults: Faults) -> dict[str, IssueValue]:
    """Carried through as given: under each key a text, a whole number, a list of texts, or nothing."""
    if not isinstance(value, dict):
        faults.expected(path, say("a mapping with {fields}", fields=[*blank_issue()]), value)
        return {}
    read: dict[str, IssueValue] = {}
    for key, each in value.items():
        if isinstance(each, list):
            read[key] = list(_texts(each, (*path, key), faults))
        elif isinstance(each, int) and not isinstance(each, bool):
            read[key] = each
        else:
            read[key] = text(each, (*path, key), faults)
    return read


def targets(value: Plain, path: Path, faults: Faults) -> tuple[tuple[str, str], ...]:
    """`{par_index: "85,50"}`: the figure asked of each number. Which numbers there are, the workflow says."""
    if not isinstance(value, dict):
        faults.expected(path, say('a mapping such as {{par_index: "85,50"}}'), value)
        return ()
    return tuple((key, needed_text(each, (*path, key), faults) or "") for key, each in value.items())


def _doubt_from(**values: Any) -> Doubt:
    """Whether a doubt blocks is the table's to say, whatever the file says."""
    return Doubt(values["code"], values.get("line"), values.get("field", ""), values["says"])


_texts = list_of(needed_text)
_line = whole_number(1, 999_999)
_obligation = whole_number(1, 999_999_999)
_doubt = record(
    _doubt_from,
    {
        "code": one_of(tuple(DOUBTS), nullable=False),
        "line": _line,
        "field": needed_text,
        "blocking": boolean,
        "says": needed_text,
    },
    needed=("code", "says"),
)
_citation = record(
    Citation,
    {
        "symbol": needed_text,
        "type_word": text,
        "issued_on": day,
        "issuer": text,
        "about": text,
        "relation": one_of(RELATIONS, nullable=False),
        "cascade": text,
        "obligation": _obligation,
        "line": _line,
    },
    needed=("symbol",),
)
_item = record(
    Item,
    {
        "number": needed_text,
        "text": needed_text,
        "due": due_field,
        "event": text,
        "soft": boolean,
        "follows": text,
        "mode": one_of(tuple(MODES)),
        "lead": _texts,
        "support": _texts,
        "info": _texts,
        "officer": text,
        "controller": text,
        "recipient": text,
        "parent": _obligation,
        "targets": targets,
        "lead_named": _texts,
        "support_named": _texts,
        "info_named": _texts,
        "recipient_named": text,
        "line": _line,
        "due_kind": one_of(tuple(DUE_KINDS), nullable=False),
        "due_wording": text,
        "due_on": day,
        "cites": _texts,
        "sub_points": whole_number(0, 999_999, nullable=False),
    },
    needed=("number", "text"),
)
_signature = record(Signature, {"authority": _texts, "position": text, "name": text})

_DRAFT_FIELDS: Mapping[str, Reader] = {
    "number": _number,
    "issued_on": day,
    "issue": _issue,
    "type": one_of(tuple(TYPES)),
    "notation": text,
    "symbol": text,
    "subject": text,
    "issuer": text,
    "issuer_inferred": boolean,
    "place": text,
    "issued_month": whole_number(1, 12),
    "issued_year": whole_number(1900, 2200),
    "urgency": one_of(URGENCIES),
    "addressees": _texts,
    "items": list_of(_item),
    "cites": list_of(_citation),
    "recipients": _texts,
    "archived": text,
    "signer": nullable(_signature),
    "doubts": list_of(_doubt),
}
_draft = record(Draft, _DRAFT_FIELDS)
