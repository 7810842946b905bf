"""What the form of a draft says beside its fields: doubts in its own terms, and the workflows to choose from."""

import re
from typing import Any

from engine.labels import labelled
from engine.language import told
from engine.web.drafting import MODE_WORDS, Shown
from workflows.text import Text, joined, say


def workflows(one: Shown, in_use: Any) -> list[tuple[str, str | Text]]:
    """The workflows to choose from; the first entry leaves it to what suits, or to the obligation above."""
    titled = [(name, labelled(flow.definition.title, flow.definition.english.title)) for name, flow in in_use.items()]
    if one.under:
        first: str | Text = say("that of the obligation above: {name}", name=one.under.obligation.workflow)
    elif len(one.suggestions) == 1:
        first = say("suggested: {name}", name=dict(titled)[one.suggestions[0].workflow])
    else:
        first = say("choose")
    return [("", first), *((name, joined([title, f"({name})"], " ")) for name, title in titled)]


def in_form(says: str) -> str:
    """A sentence of the reader in the terms of this form: it names the keys of a draft on the command line."""
    text = told(says)
    for key, label in _KEYS.items():
        text = text.replace(f"`{key}`", _quoted(label))
    return _MODE.sub(lambda found: _quoted(MODE_WORDS[found[0]]), text)


def _quoted(words: Text) -> str:
    return "“" + told(words) + "”"


_MODE = re.compile(r"\b(?:once|periodic|on_event|linked)\b")
_KEYS: dict[str, Text] = {
    "number": say("Symbol"), "symbol": say("Symbol"), "notation": say("Symbol"), "issued_on": say("Date of the document"),
    "type": say("Type"), "subject": say("What it is about"), "issue.issuer": say("Issuer"), "due": say("Deadline"),
    "items": say("What is assigned"), "event": say("Event that a time counts from"), "lead": say("Lead"),
    "support": say("Support"),
}  # fmt: skip
_FIELD_OF = {"number": "symbol", "notation": "symbol", "symbol": "symbol", "type": "type", "issued_on": "issued_on",
             "subject": "subject", "issuer": "issuer", "signer": "signer"}  # fmt: skip


def doubts(one: Shown) -> dict[str, list[Any]]:
    """What the reader was not sure of, by the field of the form; what belongs to none under an empty name."""
    found: dict[str, list[Any]] = {}
    for doubt in one.base.doubts:
        name = _FIELD_OF.get(doubt.field, "")
        if doubt.field.startswith("items["):
            name = f"items.{int(doubt.field[6:].partition(']')[0]) - 1}"
        found.setdefault(name, []).append(doubt)
    return found
