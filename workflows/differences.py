"""Two definitions compared in words: what an admin would say has changed. Nothing that differs is passed over in silence.

The comparison walks the models themselves; `places.py` names the places it knows. What it has no name for is told by
its path, so that a key of the language that came later needs nothing here to be seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from workflows.deadlines import rule_words, span_words
from workflows.definition import Definition
from workflows.grammar import Span, TimeRule
from workflows.places import Path, named
from workflows.text import Text, joined, say

_TELLING = ("label", "when", "at")  # by which two entries of a list are known as the same one, changed


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. `path` is where in the definition (keys, and places in lists from 0); it stands for all below.

    `code` is one of `places.CODES`. `kind` is added, removed, changed or reordered.
    """

    code: str
    path: Path
    says: Text
    kind: str


@dataclass(frozen=True, slots=True)
class _Difference:
    path: Path
    kind: str
    old: Any = None
    new: Any = None


def differences(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Every difference, in the order of the new definition's blocks; none where both say the same in the same order."""
    moved = {name: above for name, above in new.above.items() if name in old.above and above != old.above[name]}
    found, whole = [], _plain(new)
    for one in _compared((), _plain(old), whole):
        level = str(one.path[1]) if len(one.path) == 3 and (one.path[0], one.path[2]) == ("levels", "under") else None
        if level in moved:
            over = {"old": old.above[level], "new": moved.pop(level)}
            found.append(_worded(_Difference(one.path, "changed", **over), whole))
        else:
            found.append(_worded(one, whole))
    for name, above in moved.items():  # by another order, or a level put between
        found.append(_worded(_Difference(("levels", name, "under"), "changed", old.above[name], above), whole))
    return tuple(found)


def _plain(value: Any) -> Any:
    """A definition as mappings by the keys people write, tuples and single values. What a model leaves out is not there."""
    if isinstance(value, BaseModel):
        if type(value).__str__ is not BaseModel.__str__:
            return value  # one that is written as a single word or phrase, such as a time
        fields = type(value).model_fields.items()
        inner = {field.alias or name: getattr(value, name) for name, field in fields}
        return {name: _plain(each) for name, each in inner.items() if each is not None}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_plain(each) for each in value)
    if isinstance(value, set | frozenset):
        return tuple(sorted((_plain(each) for each in value), key=repr))
    return value


def _compared(path: Path, old: Any, new: Any) -> Iterator[_Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(path, old, new)
    elif isinstance(old, tuple) and isinstance(new, tuple) and any(isinstance(one, dict) for one in (*old, *new)):
        yield from _lists(path, old, new)
    elif repr(old) != repr(new):
        same_words = (
            isinstance(old, tuple) and isinstance(new, tuple) and sorted(map(repr, old)) == sorted(map(repr, new))
        )
        yield _Difference(path, "reordered" if same_words else "changed", old, new)


def _mappings(path: Path, old: dict[str, Any], new: dict[str, Any]) -> Iterator[_Difference]:
    for key in [*new, *(key for key in old if key not in new)]:
        here = (*path, key)
        if key not in old:
            yield _Difference(here, "added", new=new[key])
        elif key not in new:
            yield _Difference(here, "removed", old=old[key])
        else:
            yield from _compared(here, old[key], new[key])
    before, after = tuple(key for key in old if key in new), tuple(key for key in new if key in old)
    if before != after:
        yield _Difference(path, "reordered", before, after)


def _lists(path: Path, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[_Difference]:
    """Lists of blocks: entries that are the same stay together, changed ones are compared, the others came or went."""
    matcher = SequenceMatcher(None, [repr(one) for one in old], [repr(one) for one in new], autojunk=False)
    for tag, old_first, old_end, new_first, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        pairs = _pairs(old, range(old_first, old_end), new, range(new_first, new_end))
        for place in range(new_first, new_end):
            if place in pairs:
                yield from _compared((*path, place), old[pairs[place]], new[place])
            else:
                yield _Difference((*path, place), "added", new=new[place])
        for place in range(old_first, old_end):
            if place not in pairs.values():
                yield _Difference((*path, place), "removed", old=old[place])


def _pairs(old: tuple[Any, ...], before: range, new: tuple[Any, ...], after: range) -> dict[int, int]:
    """Which old place each new place is a change of: known by what tells them apart, in the same order; where as many
    went as came, by their order alone."""
    found: dict[int, int] = {}
    for place in after:
        least = max(found.values(), default=before.start - 1) + 1
        known = (one for one in before if one >= least and _alike(old[one], new[place]))
        one = next(known, None)
        if one is not None:
            found[place] = one
    if len(before) == len(after) and not found:
        return dict(zip(after, before, strict=True))
    return found


def _alike(old: Any, new: Any) -> bool:
    both = isinstance(old, dict) and isinstance(new, dict)
    return both and any(old.get(name) is not None and repr(old.get(name)) == repr(new.get(name)) for name in _TELLING)


def _worded(one: _Difference, whole: Any) -> Change:
    place = named(one.path, one.kind, whole)
    values = {"old": _said(one.old), "new": _said(one.new)}
    template, what = place.sentence, place.what
    if template is not None:
        return Change(place.code, one.path, place.located(say(template, **place.values, **values)), one.kind)
    match one.kind:
        case "added":
            says = say("{what}: {new}, which was not said before", what=what, **values)
        case "removed":
            says = say("{what}: no longer {old}", what=what, **values)
        case "reordered":
            says = say("{what}: in the order {new} instead of {old}", what=what, **values)
        case _:
            says = _changed(what, one, values)
    return Change(place.code, one.path, place.located(says), one.kind)


def _changed(what: str, one: _Difference, values: dict[str, Any]) -> Text:
    """What a value is instead of the old one; of two lists of words, which came and which went."""
    if not (isinstance(one.old, tuple) and isinstance(one.new, tuple) and one.old and one.new):
        return say("{what}: {new} instead of {old}", what=what, **values)
    came, went = (
        [each for each in some if each not in other] for some, other in ((one.new, one.old), (one.old, one.new))
    )
    if came and went:
        return say("{what}: {came} in the place of {went}", what=what, came=_said(came), went=_said(went))
    if came:
        return say("{what}: also {came}", what=what, came=_said(came))
    if went:
        return say("{what}: no longer {went}", what=what, went=_said(went))
    return say("{what}: {new} instead of {old}", what=what, **values)  # the same words, some of them repeated


def _said(value: Any) -> Any:
    """A value as a sentence shows it."""
    match value:
        case TimeRule():
            return rule_words(value)
        case Span():
            return span_words(value)
        case time():
            return f"{value:%H:%M}"
        case bool():
            return say("yes") if value else say("no")
        case None | "" | () | []:
            return say("nothing")
        case dict():
            parts = [joined([key, _said(each)], " ") for key, each in value.items() if each not in ((), {}, False)]
            return joined(parts, ", ") if parts else say("nothing")
        case tuple() | list():
            return [joined(["(", _said(each), ")"], "") if isinstance(each, dict) else _said(each) for each in value]
    text = str(value)
    return text if text.isascii() and " " not in text else f'"{text}"'
