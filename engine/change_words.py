"""What changed between two moments, in words: one line for each value of an obligation that is another one now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from engine.labels import GROUP_WORDS
from engine.wording import PART_WORDS, mode_words, moment_words, short, state_words
from storage.queries.changes import CHANGED, ENDED, GONE, NEW, Change
from storage.queries.lines import ObligationLine
from workflows.text import Text, mark, say
from workflows.workflow import Workflows

KIND_WORDS = {NEW: mark("new"), ENDED: mark("ended"), CHANGED: mark("changed"), GONE: mark("gone")}
_NAMES = {
    "state": mark("state"), "group": mark("how it stands"), "due_at": mark("due"), "planned_for": mark("planned for"),
    "waits_for": mark("waits for"), "received_at": mark("received"), "sent_at": mark("report sent"),
    "closed_at": mark("closed"), "holder": mark("holder"), "giver": mark("giver"), "officer": mark("officer"),
    "part": mark("part"), "mode": mark("follow-up"), "workflow": mark("workflow"), "symbol": mark("document"),
    "label": mark("item"), "text": mark("text"),
}  # fmt: skip
_OF_NEW = ("state", "group", "due_at")  # what is said of what was not there before


def values(change: Change, workflows: Workflows) -> Iterator[tuple[Text, Text | str, Text | str]]:
    """What is another one: its name, what it was, what it is."""
    if change.before is None or change.after is None:
        for name in _OF_NEW:
            shown = _shown(change.line, name, workflows)
            if shown == "-":
                continue
            yield (say(_NAMES[name]), shown, "") if change.after is None else (say(_NAMES[name]), "", shown)
        return
    for name in change.fields:
        yield say(_NAMES[name]), _shown(change.before, name, workflows), _shown(change.after, name, workflows)


def sentence(name: Text | str, was: Text | str, now: Text | str) -> Text:
    """`state: working -> reported`."""
    return say("{name}: {was} -> {now}", name=name, was=was or "-", now=now or "-")


def _shown(line: ObligationLine, name: str, workflows: Workflows) -> Text | str:
    value: Any = getattr(line, name)
    if value is None:
        return "-"
    if name == "state":
        return state_words(workflows.get(line.workflow).definition, value)
    if name == "mode":
        return mode_words(workflows.get(line.workflow).definition, value)
    if name == "group":
        return GROUP_WORDS[str(value)]
    if name == "part":
        return PART_WORDS.get(str(value), str(value))
    if isinstance(value, datetime):
        return moment_words(value)
    return short(str(value), 60)
