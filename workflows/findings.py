"""What can be wrong with a workflow or calendar file: the closed set of codes, and one finding. It looks for nothing."""

import difflib
from collections.abc import Iterable
from typing import NamedTuple

from workflows.strict_yaml import Path

FINDINGS_MAX = 100  # of each kind; nobody reads more, and each costs a look for near misses
_NEAR_MAX = 80  # characters a word may have to be compared with others

CODES = {
    "E101": "the file is not UTF-8",
    "E102": "a character that cannot be used in a text",
    "E103": "the file is too large",
    "E104": "nested too deeply",
    "E105": "too many keys and values",
    "E106": "not YAML",
    "E107": "an anchor, an alias or a merge key",
    "E108": "a tag or a directive",
    "E109": "a key that is written twice",
    "E110": "more than one document in a file",
    "E111": "a key that is not a text",
    "E112": "the file is empty",
    "E113": "too many problems to go on reading",
    "E201": "a key that has to be there is missing",
    "E202": "a key that the language does not know",
    "E203": "a word that is not one of those allowed here",
    "E204": "not a date, a time or a length of time",
    "E205": "another kind of value than is expected",
    "E206": "a name that is not written as names are",
    "E207": "too short, too long, too few, too many",
    "E208": "refused by the schema for another reason",
    "E301": "a state that is not in `states`",
    "E302": "an action that is not in `actions`",
    "E303": "a level that is not in `levels`",
    "E304": "a follow-up mode that is not in `undated_items`, or not of the kind that is meant",
    "E305": "a name that the language keeps for itself",
    "E306": "levels that hang below each other in a ring",
    "E307": "a `not_same_person` that names an action by which nothing is reported",
    "E311": "a state that is never reached",
    "E312": "a state from which work can only be stopped",
    "E313": "no end counts as fulfilled",
    "E314": "an end that is not one: an action leaves it, or it is the first state",
    "E315": "an end that waits for the giver",
    "E321": "receipts count, and no action is `mark_received`",
    "E322": "more than one action is `mark_received`",
    "E323": "no action is `mark_reported`",
    "E324": "no action is `stop_below`",
    "E325": "a `stop_below` that cannot always stop",
    "E326": "an `assign_again` that leaves the old obligation open or counts it as done",
    "E327": "a field that the law needs is not asked for, or not with its type",
    "E328": "one field asked for with two types",
    "E329": "a `mark_received` that is not open where work begins",
    "E330": "an `end_standing` that cannot always end, or does not end as fulfilled",
    "E331": "the due table does not end with `otherwise`",
    "E332": "a line of the due table that is never used",
    "E333": "an answer in the due table that does not fit its condition",
    "E334": "`choose_below`, and nothing below to choose from",
    "E335": "a time that counts from an event it cannot know",
    "E336": "a time on the wrong side of its event",
    "E341": "a follow-up mode without what it needs",
    "E342": "a data window without a period",
    "E343": "a year end that no action brings about",
    "E351": "several times, and no interval",
    "E352": "an interval of no length",
    "E353": "quiet hours that never begin or never end",
    "E501": "a corrected day that makes no sense",
    "E502": "a calendar that does not hold together",
    "W401": "a report that waits for nobody's answer",
    "W402": "a state waits for the giver, and the giver has no action in it",
    "W403": "a clock that never starts",
    "W411": "a time before the parent's date that does not say what happens without room",
    "W412": "a key that has no effect where it stands",
    "W421": "rungs that do not rise",
    "W422": "an interval, and only one time",
    "W423": "repeats that nobody can hold",
    "W424": "a rung that comes before the work does",
    "W425": "a rung before the date that quiet hours may hold beyond it",
    "W431": "an English word for what is not there",
    "W432": "English rungs that do not match the ladder",
}


class Finding(NamedTuple):
    """One thing that is wrong at a place in the data; `on_key` where the key is wrong and not its value."""

    path: Path
    code: str
    message: str
    on_key: bool = False

    @property
    def warning(self) -> bool:
        return self.code.startswith("W")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, or None."""
    if len(word) > _NEAR_MAX:
        return None
    return next(iter(difflib.get_close_matches(word, list(known), 1)), None)


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a message: `; did you mean 'working'?`, or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def shown(value: object, most: int = 60) -> str:
    """A value as a message shows it: short, on one line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, str) and len(value) > most:
        return repr(f"{value[:most]}…")
    return repr(value)
