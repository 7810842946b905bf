"""The places of a definition by the names people have for them, for sentences about what has changed there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.text import Text, joined, mark, say

Path = tuple[str | int, ...]

# What can differ between two definitions: the codes of changes. They stay the same.
CODES = frozenset(
    {
        "name_changed", "title_changed", "suggestion_changed", "calendar_changed", "near_due_changed", "level_added",
        "level_removed", "level_renamed", "level_moved", "outside_changed", "backdating_changed", "state_added",
        "state_removed", "state_renamed", "first_changed", "end_changed", "awaits_giver_changed", "action_added",
        "action_removed", "action_renamed", "action_moved", "parties_changed", "fields_changed", "effects_changed",
        "same_person_changed", "date_moved", "mode_added", "mode_removed", "mode_changed", "relay_changed",
        "join_changed", "extension_added", "extension_removed", "extension_changed", "ladder_changed",
        "quiet_changed", "rung_added", "rung_removed", "rung_moved", "rung_changed", "end_of_directive_changed",
        "english_changed", "order_changed", "other",
    }
)  # fmt: skip

_MACHINE = ("states", "first", "ends", "awaits_giver_in", "actions")
_HOLDER_RUNG, _GIVER_RUNG = ("ladder", "rungs", "<number>"), ("giver_ladder", "rungs", "<number>")

# What comes or goes as a whole, or is called otherwise: path and kind → code and sentence.
_SENTENCES: dict[tuple[tuple[str, ...], str], tuple[str, str]] = {
    (("levels", "<level>"), "added"): ("level_added", mark("level {level} is added ({new})")),
    (("levels", "<level>"), "removed"): ("level_removed", mark("level {level} is removed ({old})")),
    (("levels", "<level>", "label"), "changed"): (
        "level_renamed",
        mark("level {level} is called {new} instead of {old}"),
    ),
    (("levels", "<level>", "under"), "changed"): (
        "level_moved",
        mark("level {level} hangs under {new} instead of {old}"),
    ),
    (("obligation", "states", "<state>"), "added"): ("state_added", mark("state {state} is added ({new})")),
    (("obligation", "states", "<state>"), "removed"): ("state_removed", mark("state {state} is removed ({old})")),
    (("obligation", "states", "<state>"), "changed"): (
        "state_renamed",
        mark("state {state} is called {new} instead of {old}"),
    ),
    (("obligation", "ends", "<state>"), "added"): ("end_changed", mark("state {state} is final now: {new}")),
    (("obligation", "ends", "<state>"), "removed"): ("end_changed", mark("state {state} is no longer final ({old})")),
    (("obligation", "actions", "<action>"), "added"): ("action_added", mark("action {action} is added: {new}")),
    (("obligation", "actions", "<action>"), "removed"): ("action_removed", mark("action {action} is removed: {old}")),
    (("obligation", "actions", "<action>", "label"), "changed"): (
        "action_renamed",
        mark("action {action} is called {new} instead of {old}"),
    ),
    (("undated_items", "<mode>"), "added"): ("mode_added", mark("undated items can be followed up as {mode}: {new}")),
    (("undated_items", "<mode>"), "removed"): (
        "mode_removed",
        mark("undated items can no longer be followed up as {mode}: {old}"),
    ),
    (("extension",), "added"): ("extension_added", mark("another date can be asked for: {new}")),
    (("extension",), "removed"): ("extension_removed", mark("another date can no longer be asked for: {old}")),
    (_HOLDER_RUNG, "added"): ("rung_added", mark("rung {number} is added to the ladder: {new}")),
    (_HOLDER_RUNG, "removed"): ("rung_removed", mark("rung {number} is removed from the ladder: {old}")),
    (_GIVER_RUNG, "added"): ("rung_added", mark("rung {number} is added to the giver's ladder: {new}")),
    (_GIVER_RUNG, "removed"): ("rung_removed", mark("rung {number} is removed from the giver's ladder: {old}")),
}

# What else is known by a name: path → code and what it is called. The first that fits is taken; a path may go deeper.
_NAMES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("workflow",), "name_changed", mark("name")),
    (("title",), "title_changed", mark("title")),
    (("suggest_for", "types"), "suggestion_changed", mark("types of document it is suggested for")),
    (("suggest_for", "issued_at"), "suggestion_changed", mark("level of the issuers it is suggested for")),
    (("suggest_for", "urgency"), "suggestion_changed", mark("degrees of urgency it is suggested for")),
    (("suggest_for", "subject_has"), "suggestion_changed", mark("words of the subject it is suggested for")),
    (("calendar",), "calendar_changed", mark("calendar")),
    (("near_due",), "near_due_changed", mark("near its date from")),
    (("levels", "<level>"), "level_moved", mark("level {level}")),
    (("outside_offices", "recorded_by"), "parties_changed", mark("who records what outside offices do")),
    (("outside_offices", "ask"), "outside_changed", mark("what is asked of a paper from an outside office")),
    (("backdating",), "backdating_changed", mark("a paper may be entered late by")),
    (("obligation", "states"), "order_changed", mark("states")),
    (("obligation", "first"), "first_changed", mark("the first state")),
    (("obligation", "ends", "<state>"), "end_changed", mark("how work in state {state} has ended")),
    (("obligation", "awaits_giver_in"), "awaits_giver_changed", mark("states in which the giver has to answer")),
    (("obligation", "actions", "<action>", "from"), "action_moved", mark("action {action} leads from")),
    (("obligation", "actions", "<action>", "to"), "action_moved", mark("action {action} leads to")),
    (("obligation", "actions", "<action>", "by"), "parties_changed", mark("action {action} is taken by")),
    (("obligation", "actions", "<action>", "ask"), "fields_changed", mark("action {action} asks for")),
    (
        ("obligation", "actions", "<action>", "ask_if_late"),
        "fields_changed",
        mark("action {action}, when late, asks for"),
    ),
    (("obligation", "actions", "<action>", "does"), "effects_changed", mark("action {action} means to the law")),
    (("obligation", "actions", "<action>", "means"), "effects_changed", mark("action {action} is taken by means of")),
    (
        ("obligation", "actions", "<action>", "not_same_person"),
        "same_person_changed",
        mark("action {action} is not for the person who took"),
    ),
    (("obligation", "actions", "<action>"), "other", mark("action {action}")),
    (("obligation", "actions"), "order_changed", mark("actions")),
    (("levels",), "order_changed", mark("levels")),
    (("deadlines", "receive"), "date_moved", mark("the last day to receive")),
    (("deadlines", "confirm"), "date_moved", mark("the day by which the giver answers")),
    (("deadlines", "later_than_parent"), "date_moved", mark("a date later than the one above")),
    (("deadlines", "due", "<number>"), "date_moved", mark("line {number} of the due dates ({entry})")),
    (("deadlines",), "date_moved", mark("dates")),
    (("undated_items", "<mode>", "ask"), "fields_changed", mark("undated items as {mode} show")),
    (("undated_items", "<mode>", "due"), "date_moved", mark("undated items as {mode} are due")),
    (("undated_items", "<mode>", "each_event_due"), "date_moved", mark("an event under items as {mode} is due")),
    (("undated_items", "<mode>", "review"), "date_moved", mark("undated items as {mode} are reviewed")),
    (("undated_items", "<mode>", "every"), "mode_changed", mark("undated items as {mode} are reported every")),
    (("undated_items", "<mode>"), "mode_changed", mark("undated items as {mode}")),
    (("relay", "automatic_at"), "relay_changed", mark("levels at which work passes on by itself")),
    (("join", "then_tell"), "parties_changed", mark("who hears that all below is done")),
    (("join",), "join_changed", mark("waiting for those below")),
    (("extension", "asked_by"), "parties_changed", mark("another date is asked for by")),
    (("extension", "decided_by"), "parties_changed", mark("another date is decided by")),
    (("extension", "ask"), "fields_changed", mark("who asks for another date says")),
    (("extension", "rules", "granted_at_most"), "extension_changed", mark("another date is granted at most so often")),
    (("extension", "rules", "ask_until"), "extension_changed", mark("another date is asked for at the latest")),
    (("extension", "rules", "decide"), "date_moved", mark("a request for another date is answered by")),
    (("extension",), "extension_changed", mark("asking for another date")),
    (("ladder", "quiet_hours"), "quiet_changed", mark("quiet hours")),
    (("ladder", "ceiling"), "ladder_changed", mark("the highest level that hears")),
    (("ladder", "acknowledged"), "ladder_changed", mark("acknowledging holds the next rung for")),
    ((*_HOLDER_RUNG, "at"), "rung_moved", mark("rung {number} of the ladder ({entry}) comes")),
    ((*_HOLDER_RUNG, "tell"), "parties_changed", mark("rung {number} of the ladder ({entry}) is told")),
    (_HOLDER_RUNG, "rung_changed", mark("rung {number} of the ladder ({entry})")),
    (("ladder",), "ladder_changed", mark("the ladder")),
    ((*_GIVER_RUNG, "at"), "rung_moved", mark("rung {number} of the giver's ladder ({entry}) comes")),
    ((*_GIVER_RUNG, "tell"), "parties_changed", mark("rung {number} of the giver's ladder ({entry}) is told")),
    (_GIVER_RUNG, "rung_changed", mark("rung {number} of the giver's ladder ({entry})")),
    (("giver_ladder",), "ladder_changed", mark("the giver's ladder")),
    (("when_directive", "revoked"), "end_of_directive_changed", mark("when a directive is revoked")),
    (("when_directive", "replaced"), "end_of_directive_changed", mark("when a directive is replaced")),
    (("when_directive", "amended"), "end_of_directive_changed", mark("when a directive is amended")),
    (("english",), "english_changed", mark("English words")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a place is called, and under which code a difference there goes.

    `sentence` is a whole one, with `{old}` and `{new}`, where there is one for this kind of difference; else `what` names
    the place. `inside` is the part of the definition it lies in, where that is not the usual one.
    """

    code: str
    what: str
    sentence: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    inside: str = ""

    def located(self, says: Text) -> Text:
        return say("in {where}: {what}", where=self.inside, what=says) if self.inside else says


def named(path: Path, kind: str, whole: Any) -> Place:
    """The place at `path`. `whole` is the definition that it was found in, in mappings and tuples."""
    usual, inside = _usual(path)
    for (pattern, of), (code, sentence) in _SENTENCES.items():
        if of == kind and len(pattern) == len(usual) and _fits(pattern, usual):
            return Place(code, "", sentence, _values(pattern, usual, path, whole), inside)
    for pattern, code, template in _NAMES:
        if _fits(pattern, usual):
            what, deeper = say(template, **_values(pattern, usual, path, whole)), usual[len(pattern) :]
            called = "order_changed" if kind == "reordered" and code == "other" else code
            return Place(called, joined([what, _dotted(deeper)], " ") if deeper else what, inside=inside)
    return Place("order_changed" if kind == "reordered" else "other", _dotted(path) or say("blocks"))


def _usual(path: Path) -> tuple[Path, str]:
    """The path as if there were one machine, and where the machine is really: a definition may have one a level."""
    for place, part in enumerate(path):
        if place and part in _MACHINE and path[0] not in ("english", "obligation"):
            return ("obligation", *path[place:]), _dotted(path[:place])
        if place > 1 and part in _MACHINE and path[0] == "obligation" and path[1] not in _MACHINE:
            return ("obligation", *path[place:]), _dotted(path[:place])
    return path, ""


def _fits(pattern: tuple[str, ...], path: Path) -> bool:
    return len(pattern) <= len(path) and all(
        one.startswith("<") or one == part for one, part in zip(pattern, path, strict=False)
    )


def _values(pattern: tuple[str, ...], usual: Path, path: Path, whole: Any) -> dict[str, Any]:
    """What a pattern's blanks stand for; of an entry in a list its number from 1, and what tells it from the others."""
    skipped = len(path) - len(usual)
    values: dict[str, Any] = {}
    for place, one in enumerate(pattern):
        if one == "<number>":
            values["number"] = int(usual[place]) + 1
            values["entry"] = _entry(path[: place + 1 + skipped], whole)
        elif one.startswith("<"):
            values[one[1:-1]] = usual[place]
    return values


def _entry(path: Path, whole: Any) -> str:
    found = whole
    for part in path:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return "-"
    told = found.get("label") or found.get("when") if isinstance(found, dict) else found
    return str(told)


def _dotted(path: Path) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
