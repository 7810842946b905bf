"""A draft as YAML that a person completes, and back; what it does not understand it refuses, all at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from engine.exchange.draft_fields import read_draft
from engine.exchange.drafts import RELATIONS, Citation, Doubt, Draft, Item, Signature, standing_doubts
from engine.exchange.errors import UnreadableDocument
from engine.exchange.yaml_fields import Faults
from workflows.errors import Problem
from workflows.strict_yaml import DATA, examine
from workflows.text import Text, mark, say
from workflows.words import MODES

WIDTH = 110
_LONG = 90  # letters; a longer text is folded over several lines

_HEAD = """\
# A draft that `cascade directive read` made from the text of a dispatch. Nothing has been issued.
# Compare it with the paper, correct what was misread, and fill in:
#   number, issued_on   from the signed paper (61; 2023-08-16 or 16/8/2023), or the whole `symbol`
#   issue               the workflow, the issuing office, the obligation it comes under, the offices it is for
#   items               for each a deadline, `due`, or `mode` (how it is followed up); lead, support, info (offices) where
#                       the names read (…_named) do not tell; officer, controller, recipient, parent, targets as needed
#   due                 a day: 30/9/2026, "30/9/2026 17:00", 9/2026, before 30/9/2026, from 1/7/2026 to 31/7/2026;
#                       a time: 5 working days after receipt, 2 hours after issue; at_once; or 3 days after event (event:
#                       its own day) with `event` in words; soft: true where the day is only planned
#   follows             the symbol of the document whose dates the item goes by
#   cites               for each that bears on work here: cascade and obligation
# Người rà soát: đối chiếu bản giấy, sửa chỗ đọc sai, điền số, ngày ban hành, mục "issue", hạn từng nội dung.
"""
_SETTLED = mark("Nothing stands in the way of issuing it: every blocking doubt is settled.")
_STANDING = mark("It cannot be issued before these are settled:")
_NOTES: Mapping[str, Text] = {
    "issue": say("For issuing: the workflow, office ids, and the obligation this comes under, if any."),
    "type": say("What was read from the text."),
    "items": say("A deadline, or a mode: {modes}. Offices by id.", modes=[*MODES]),
    "cites": say("relation is a guess: {relations}.", relations=RELATIONS),
    "doubts": say("What the reader was not sure of. Settle it in the fields above; this list decides nothing."),
}


Told = Callable[[str], str]


def to_dict(draft: Draft, told: Told = str) -> dict[str, Any]:
    """The draft as JSON-ready values, what a reviewer fills in first; dates are ISO texts.

    `told` says a sentence in the reviewer's language.
    """
    return {
        "number": draft.number,
        "issued_on": _iso(draft.issued_on),
        "issue": {key: list(value) if isinstance(value, list) else value for key, value in draft.issue.items()},
        "type": draft.type,
        "notation": draft.notation,
        "symbol": draft.symbol,
        "subject": draft.subject,
        "issuer": draft.issuer,
        "issuer_inferred": draft.issuer_inferred,
        "place": draft.place,
        "issued_month": draft.issued_month,
        "issued_year": draft.issued_year,
        "urgency": draft.urgency,
        "addressees": list(draft.addressees),
        "items": [_item(item) for item in draft.items],
        "cites": [_citation(citation) for citation in draft.cites],
        "recipients": list(draft.recipients),
        "archived": draft.archived,
        "signer": _signature(draft.signer),
        "doubts": [_doubt(doubt, told) for doubt in draft.doubts],
    }


def to_yaml(draft: Draft, told: Told = str, workflow: Sequence[str] = ()) -> str:
    """The draft for review: comments on what to fill in, then the fields of `to_dict` in their order. `workflow` are the
    lines of a comment on which workflow to choose; they choose nothing."""
    standing = standing_doubts(draft)
    comment = f"# {told(say(_STANDING if standing else _SETTLED))}\n"
    comment += "".join(f"#   {_noted(doubt, told)}\n" for doubt in standing)
    sections = []
    for key, value in to_dict(draft, told).items():
        note = f"\n# {told(_NOTES[key])}\n" if key in _NOTES else ""
        section = _dumped({key: value})
        if key == "issue" and workflow:
            comment_lines = "".join(f"  # {' '.join(line.split())}\n" for line in workflow)
            section = section.replace("  issuer:", f"{comment_lines}  issuer:", 1)
        sections.append(note + section)
    return f"{_HEAD}{comment}\n{''.join(sections)}"


def from_yaml(text: str, source: str = "draft.yaml") -> Draft:
    """The draft that a reviewer's YAML gives; what is left out has its default.

    `source` is what the file is called in messages. Raises `UnreadableDocument` with every fault and its
    place: broken YAML, duplicate keys, aliases, unknown keys, wrong types, a number unlike the symbol's.
    """
    located, problems = examine(text, source, limits=DATA)
    faults = Faults(source, located) if located is not None else None
    draft = read_draft(located.data, faults) if located is not None and faults is not None else None
    problems += faults.found if faults is not None else []
    if problems or draft is None:
        says = say("{file} cannot be read as a draft:", file=source)
        raise UnreadableDocument(says, sorted(problems, key=_place))
    return draft


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _noted(doubt: Doubt, told: Told) -> str:
    at = told(say("line {line}", line=doubt.line))
    line = f" ({at})" if doubt.line else ""
    return f"{doubt.code}{line}: {' '.join(told(doubt.says).split())}"


def _item(item: Item) -> dict[str, Any]:
    return {
        "number": item.number,
        "text": item.text,
        "due": item.due,
        "mode": item.mode,
        "lead": list(item.lead),
        "support": list(item.support),
        "info": list(item.info),
        "officer": item.officer,
        "controller": item.controller,
        "recipient": item.recipient,
        "parent": item.parent,
        "event": item.event,
        "soft": item.soft,
        "follows": item.follows,
        "targets": dict(item.targets),
        "lead_named": list(item.lead_named),
        "support_named": list(item.support_named),
        "info_named": list(item.info_named),
        "recipient_named": item.recipient_named,
        "line": item.line,
        "due_kind": item.due_kind,
        "due_wording": item.due_wording,
        "due_on": _iso(item.due_on),
        "cites": list(item.cites),
        "sub_points": item.sub_points,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "symbol": citation.symbol,
        "type_word": citation.type_word,
        "issued_on": _iso(citation.issued_on),
        "issuer": citation.issuer,
        "about": citation.about,
        "relation": citation.relation,
        "cascade": citation.cascade,
        "obligation": citation.obligation,
        "line": citation.line,
    }


def _signature(signer: Signature | None) -> dict[str, Any] | None:
    if signer is None:
        return None
    return {"authority": list(signer.authority), "position": signer.position, "name": signer.name}


def _doubt(doubt: Doubt, told: Told) -> dict[str, Any]:
    return {
        "code": doubt.code,
        "line": doubt.line,
        "field": doubt.field,
        "blocking": doubt.blocking,
        "says": told(doubt.says),
    }


class _Dumper(yaml.SafeDumper):
    """Texts in quotes, long ones folded; lists of plain values on one line; no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = ">" if _folds_well(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _folds_well(text: str) -> bool:
    """Long, and without the white space that folding would have to spell out or could lose."""
    if len(text) <= _LONG and "\n" not in text:
        return False
    return all(line and line == " ".join(line.split()) for line in text.split("\n"))


def _represent_key_values(dumper: yaml.SafeDumper, fields: dict[str, Any]) -> yaml.MappingNode:
    """Keys stay without quotes, unlike texts."""
    pairs = [
        (yaml.ScalarNode("tag:yaml.org,2002:str", key, style=_key_style(key)), dumper.represent_data(value))
        for key, value in fields.items()
    ]
    return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=False)


def _key_style(key: str) -> str | None:
    plain = key.isascii() and key.isidentifier() and key.lower() not in ("null", "true", "false")
    return None if plain else '"'


def _represent_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    short = not values or (all(isinstance(value, str) for value in values) and sum(map(len, values)) < _LONG)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=short)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(dict, _represent_key_values)
_Dumper.add_representer(list, _represent_list)


def _dumped(value: Mapping[str, Any]) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH))
