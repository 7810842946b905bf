"""What can be wrong with a workflow or calendar file: the closed set of codes, and one finding. It looks for nothing."""

import difflib
from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from workflows.strict_yaml import Path
from workflows.text import mark, say

FINDINGS_MAX = 100  # of each kind; nobody reads more, and each costs a look for near misses
_NEAR_MAX = 80  # characters a word may have to be compared with others

CODES = {
    "E101": mark("the file is not UTF-8"),
    "E102": mark("a character that cannot be used in a text"),
    "E103": mark("the file is too large"),
    "E104": mark("nested too deeply"),
    "E105": mark("too many keys and values"),
    "E106": mark("not YAML"),
    "E107": mark("an anchor, an alias or a merge key"),
    "E108": mark("a tag or a directive"),
    "E109": mark("a key that is written twice"),
    "E110": mark("more than one document in a file"),
    "E111": mark("a key that is not a text"),
    "E112": mark("the file is empty"),
    "E113": mark("too many problems to go on reading"),
    "E201": mark("a key that has to be there is missing"),
    "E202": mark("a key that the language does not know"),
    "E203": mark("a word that is not one of those allowed here"),
    "E204": mark("not a date, a time or a length of time"),
    "E205": mark("another kind of value than is expected"),
    "E206": mark("a name that is not written as names are"),
    "E207": mark("too short, too long, too few, too many"),
    "E208": mark("refused by the schema for another reason"),
    "E209": mark("not a condition"),
    "E301": mark("a state that is not in `states`"),
    "E302": mark("an action that is not in `actions`"),
    "E303": mark("a level that is not in `levels`"),
    "E304": mark("a follow-up mode that is not in `undated_items`, or not of the kind that is meant"),
    "E305": mark("a name that the language keeps for itself"),
    "E306": mark("levels that hang below each other in a ring"),
    "E307": mark("a `not_same_person` that names its own action"),
    "E308": mark("a type of document, or a degree of urgency, that there is not"),
    "E311": mark("a state that is never reached"),
    "E312": mark("a state from which work can only be stopped"),
    "E313": mark("no end counts as fulfilled"),
    "E314": mark("an end that is not one: an action leaves it, or it is the first state"),
    "E315": mark("an end that waits for the giver"),
    "E316": mark("a `pause` that no time can end"),
    "E317": mark("work that would pass on by itself, and cannot"),
    "E318": mark("a word that a directive's end does not know"),
    "E321": mark("receipts count, and no action is `mark_received`"),
    "E322": mark("more than one action is `mark_received`"),
    "E323": mark("no action is `mark_reported`"),
    "E324": mark("no action is `stop_below`"),
    "E325": mark("a `stop_below` that cannot always stop"),
    "E326": mark("an `assign_again` that leaves the old obligation open or counts it as done"),
    "E327": mark("a field that the law needs is not asked for, or not with its type"),
    "E328": mark("one field asked for with two types"),
    "E329": mark("a `mark_received` that is not open where work begins"),
    "E330": mark("an `end_standing` that cannot always end, or does not end as fulfilled"),
    "E331": mark("the due table does not end with `otherwise`"),
    "E332": mark("a line of the due table that is never used"),
    "E333": mark("an answer in the due table that does not fit its condition"),
    "E334": mark("`choose_below`, and nothing below to choose from"),
    "E335": mark("a time that counts from an event it cannot know"),
    "E336": mark("a time on the wrong side of its event"),
    "E341": mark("a follow-up mode without what it needs"),
    "E342": mark("a data window without a period"),
    "E343": mark("a year end that no action brings about"),
    "E351": mark("several times, and no interval"),
    "E352": mark("an interval of no length"),
    "E353": mark("quiet hours that never begin or never end"),
    "E371": mark("nothing of that name to be `like`"),
    "E372": mark("a ring of `like`, or too long a chain of it"),
    "E373": mark("a `without` of what is not there"),
    "E374": mark("a default for a key that such a block does not have"),
    "E375": mark("more reuse than a file may hold"),
    "E376": mark("one state with two labels"),
    "E377": mark("an action that is open in no state"),
    "E378": mark("a machine that is not in `machines`"),
    "E381": mark("a number that nobody is ever asked"),
    "E382": mark("a number with the name of another field"),
    "E383": mark("bounds that no figure lies within"),
    "E384": mark("a number in a follow-up mode that is not there, or that reports nothing"),
    "E361": mark("a name that conditions do not know"),
    "E362": mark("a name that conditions do not know in this place"),
    "E363": mark("a value that stands alone as a condition, or a condition that is compared"),
    "E364": mark("a comparison of things that cannot be compared"),
    "E365": mark("a word that a value never is"),
    "E366": mark("a field that the action does not ask for, or a figure that is not in `numbers`"),
    "E367": mark("a condition that never holds, or always does"),
    "E391": mark("the day of an event that is never asked for, or without pause"),
    "E392": mark("planned dates that nobody would be reminded of"),
    "E401": mark("a level whose documents have no recipient"),
    "E402": mark("a join that no report can meet"),
    "E403": mark("work that can never be done, and only ends"),
    "E404": mark("another person is wanted, and there is only one"),
    "E405": mark("two actions that time could both take"),
    "E406": mark("work that could only be passed on, with nothing below"),
    "E407": mark("two effects that cannot come about in one step"),
    "E501": mark("a corrected day that makes no sense"),
    "E502": mark("a calendar that does not hold together"),
    "W401": mark("a report that waits for nobody's answer"),
    "W402": mark("a state waits for the giver, and the giver has no action in it"),
    "W403": mark("a clock that never starts"),
    "W404": mark("the giver has to answer, and no clock reminds it"),
    "W411": mark("a time before the parent's date that does not say what happens without room"),
    "W412": mark("a key that has no effect where it stands"),
    "W421": mark("rungs that do not rise"),
    "W422": mark("an interval, and only one time"),
    "W423": mark("repeats that nobody can hold"),
    "W424": mark("a rung that comes before the work does"),
    "W425": mark("a rung before the date that quiet hours may hold beyond it"),
    "W426": mark("nobody hears that a date was missed"),
    "W427": mark("a giver's ladder that ends while the giver is silent"),
    "W431": mark("an English word for what is not there"),
    "W432": mark("English rungs that do not match the ladder"),
    "W471": mark("a machine that no level has"),
    "W472": mark("one action with two labels, and one English word"),
    "W473": mark("levels below one whose work cannot be passed on"),
    "W474": mark("work that goes on below what rests"),
    "W475": mark("a form that nothing asks for"),
    "W441": mark("a condition on what the law also takes by itself"),
    "W442": mark("a state that work may not get out of"),
    "W451": mark("an effect that never has anything to do"),
    "W452": mark("days before the date above that leave no room below it"),
    "W453": mark("work that has to be done before it has to be received"),
    "W454": mark("a rung that comes after the work has ended"),
    "W455": mark("a party that no office of the level has"),
    "W456": mark("a rung of the giver's ladder that nobody hears who could answer"),
    "W457": mark("an action for which perhaps nobody is left"),
    "W461": mark("a total, and no work is passed on"),
    "W462": mark("a total of what is not put together"),
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
    return say("; did you mean {near!r}?", near=near) if near else ""


def either(known: Iterable[str]) -> str:
    """Several words of which one will do: `a or b or c`."""
    return reduce(lambda said, other: say("{one} or {other}", one=said, other=other), known)


def shown(value: object, most: int = 60) -> str:
    """A value as a message shows it: short, on one line."""
    if isinstance(value, dict):
        return say("a mapping")
    if isinstance(value, list | tuple):
        return say("a list")
    if value is None or isinstance(value, bool):
        return say("nothing") if value is None else str(value).lower()
    if isinstance(value, str) and len(value) > most:
        return repr(f"{value[:most]}…")
    return repr(value)
