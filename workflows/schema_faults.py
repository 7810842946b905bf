"""What the schema says about a file, in words for the person who wrote it: one finding for each real fault.

It also mends a faulty file for the moment, so that the lint can look at the rest of it in the same go.
"""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from unicodedata import combining, normalize

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from workflows import words
from workflows.definition import Definition
from workflows.findings import FINDINGS_MAX, Finding, meant, nearest, shown
from workflows.grammar import NAME
from workflows.strict_yaml import Path, Plain
from workflows.text import Text, joined, mark, say, say_count

_KINDS = {
    "string_type": mark("a text"),
    "dict_type": mark("a mapping of keys"),
    "model_type": mark("a mapping of keys"),
    "tuple_type": mark("a list"),
    "int_type": mark("a whole number"),
    "bool_type": mark("true or false"),
}
_SIZES = re.compile(r"too_(short|long)$|^(greater|less)_than")
_JARGON = re.compile(r"^(Dictionary|Input|List|String|Tuple|Value) | after validation.*$")
_PARTIES = [f"{office}.{role}" for office in words.OFFICES for role in words.ROLES]
_MENDING_ROUNDS = 3
_CONDITIONS = ("when", "if")  # the keys of conditions
_ACTION = {"label": "?", "from": "any_open", "to": "same", "by": "holder.leader"}
# What stands in for a faulty entry, by the mapping or list it is in, and for a faulty value, by its key.
_ENTRIES: dict[Path, Plain] = {
    ("levels",): "?",
    ("forms",): {},
    ("obligation", "states"): "?",
    ("obligation", "ends"): "void",
    ("obligation", "actions"): {**_ACTION},
    ("deadlines", "due"): {"when": "otherwise", "is": "as_written"},
    ("undated_items",): {"label": "?"},
    ("ladder", "rungs"): {"at": "due", "label": "?", "tell": "holder.leader"},
}
_VALUES: dict[str, Plain] = {
    **_ACTION,
    "workflow": "mended",
    "title": "?",
    "when": "otherwise",
    "is": "as_written",
    "at": "due",
    "tell": "holder.leader",
    "asked_by": "holder.leader",
    "decided_by": "giver.leader",
    "holds_next_rung": "1 day",
}


def faults(error: ValidationError, data: Plain, is_copy: Callable[[Path], bool] = lambda _: False) -> list[Finding]:
    """Every fault that the schema found in the data, each once and at its own place; those of copies are left out."""
    grouped: dict[tuple[Path, bool], list[ErrorDetails]] = {}
    placed = ((_place(detail, data), detail) for detail in error.errors(include_url=False))
    for place, detail in islice((one for one in placed if not is_copy(one[0][0])), FINDINGS_MAX):
        grouped.setdefault(place, []).append(detail)
    found = [_finding(path, on_key, details) for (path, on_key), details in grouped.items()]
    misspelt = {
        (one.path[:-1], nearest(str(one.path[-1]), _keys(one.path[:-1]))) for one in found if one.code == "E202"
    }
    return [one for one in found if one.code != "E201" or (one.path[:-1], one.path[-1]) not in misspelt]


def mended(
    data: Plain, error: ValidationError, is_copy: Callable[[Path], bool] = lambda _: False
) -> tuple[Definition | None, list[Path]]:
    """A definition without the faulty parts, and the places where it differs from what was written.

    None where the faults leave too little. Those of copies do not count as more.
    """
    touched: list[Path] = []
    if error.error_count() > FINDINGS_MAX:
        own = (detail for detail in error.errors(include_url=False) if not is_copy(_place(detail, data)[0]))
        if any(islice(own, FINDINGS_MAX, None)):
            return None, touched
    sound = deepcopy(data)
    for _ in range(_MENDING_ROUNDS):
        places = {_place(detail, sound) for detail in error.errors(include_url=False)}
        for path, on_key in places:
            _mend(sound, path, on_key)
            touched.append(path)
        try:
            return Definition.model_validate(sound, by_alias=True, by_name=False), touched
        except ValidationError as still:
            error = still
    return None, touched


def _place(detail: ErrorDetails, data: Plain) -> tuple[Path, bool]:
    """The path in the data that an error is about, and whether the key is meant.

    pydantic's own goes on where the file ends: into the branches of a union, into a list that is one word.
    """
    path: list[str | int] = []
    node: Any = data
    for part in detail["loc"]:
        if not _has(node, part):
            missing = detail["type"] == "missing" and isinstance(node, dict)
            return (*path, part) if missing else tuple(path), part == "[key]"
        node = node[part]
        path.append(part)
    return tuple(path), detail["type"] == "extra_forbidden"


def _has(node: object, part: str | int) -> bool:
    return part in node if isinstance(node, dict) else isinstance(node, list) and part in range(len(node))


def _finding(path: Path, on_key: bool, details: list[ErrorDetails]) -> Finding:
    kind, value = details[0]["type"], details[0]["input"]
    name = path[-1] if path else ""
    if kind == "missing":
        return Finding(path, "E201", say("{block} lacks {name!r}", block=_called(path[:-1]), name=name))
    if kind == "extra_forbidden":
        keys = _keys(path[:-1])
        near = meant(str(name), keys) or say("; it knows {keys}", keys=keys)
        return Finding(
            path,
            "E202",
            say("{block} has no key {key}{near}", block=_called(path[:-1]), key=shown(name), near=near),
            True,
        )
    if kind == "value_error":
        code, said = _refused(details)
        return Finding(path, "E209" if name in _CONDITIONS else code, said, on_key)
    if kind == "literal_error":
        allowed = _expected(details)
        text = say(
            "{name!r} cannot be {value}; allowed: {allowed}{hint}",
            name=name,
            value=shown(value),
            allowed=allowed,
            hint=meant(str(value), allowed),
        )
        return Finding(path, "E203", text)
    if kind == "string_pattern_mismatch":
        hyphens = say("digits and -") if "-]" in details[0]["ctx"]["pattern"] else say("digits and _")
        named = _as_name(str(value), [])
        better = named.replace("_", "-") if named and "-" in hyphens else named
        text = say(
            "{value} is not a name; a name has small letters, {hyphens}, and begins with a letter",
            value=shown(value),
            hyphens=hyphens,
        )
        return Finding(
            path, "E206", say("{text}; did you mean {better!r}?", text=text, better=better) if better else text, on_key
        )
    if kind in _KINDS:
        quotes = say("; put it in quotes") if kind == "string_type" and isinstance(value, int) else ""
        return Finding(
            path,
            "E205",
            say(
                "{block} has to be {kind}, not {value}{quotes}",
                block=_called(path),
                kind=say(_KINDS[kind]),
                value=shown(value),
                quotes=quotes,
            ),
        )
    said = _plain(details[0])
    code = "E207" if _SIZES.search(kind) else "E208"
    return Finding(path, code, say("{block}: {what}", block=_called(path), what=said), on_key)


def _plain(detail: ErrorDetails) -> str:
    """What pydantic says, without its own terms; of sizes, in a text that can be said in another language."""
    told, found = _JARGON.sub("", detail["msg"]), detail.get("ctx", {})
    limit = next((int(found[name]) for name in ("min_length", "max_length", "ge", "le") if name in found), 0)
    match detail["type"]:
        case "string_too_short":
            return say_count("should have at least {count} character", "should have at least {count} characters", limit)
        case "string_too_long":
            return say_count("should have at most {count} character", "should have at most {count} characters", limit)
        case "too_short":
            return say_count("should have at least {count} item", "should have at least {count} items", limit)
        case "too_long":
            return say_count("should have at most {count} item", "should have at most {count} items", limit)
        case "greater_than_equal":
            return say("should be greater than or equal to {limit}", limit=limit)
        case "less_than_equal":
            return say("should be less than or equal to {limit}", limit=limit)
    return told


def _refused(details: list[ErrorDetails]) -> tuple[str, str]:
    """Code and message where a validator of the definition refuses a value, or a whole union does."""
    value, because = details[0]["input"], details[0]["ctx"]["error"].args[0]
    parts = dict(because.values) if isinstance(because, Text) else {}
    written = str(parts.get("value", ""))
    others, word = _expected(details[1:]), written[1:-1] if written.startswith("'") else ""
    if written == repr(value):
        because = Text(because.template, {**parts, "value": shown(value)})
    if "offices" in parts:
        return "E203", joined([because, meant(word, _PARTIES)], "")
    listed = list(parts.get("known", ()))
    near = meant(word, [*(listed or words.EVENTS), *others])
    instead = say(", or one of {others}", others=others) if others else ""
    return "E203" if listed else "E204", joined([because, instead, near], "")


def _expected(details: Iterable[ErrorDetails]) -> list[str]:
    """The words that a literal allows."""
    literal = next((one for one in details if one["type"] == "literal_error"), None)
    return re.findall(r"'([^']*)'", literal["ctx"]["expected"]) if literal else []


def _called(path: Path) -> str:
    """What a place is called in a message: `obligation.actions.receive`."""
    return ".".join(shown(part)[1:-1] if isinstance(part, str) else str(part + 1) for part in path) or say("a workflow")


def _keys(path: Path) -> list[str]:
    """The keys that the schema knows at a place."""
    kind: Any = Definition
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            named = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
            kind = _bare(named[str(part)])
        else:
            kind = _bare(get_args(kind)[-1 if get_origin(kind) is dict else 0])
    return [field.alias or name for name, field in kind.model_fields.items()]


def _bare(kind: Any) -> Any:
    """A type without its annotations, and without the None that it may be instead."""
    while get_origin(kind) in (Annotated, Union, UnionType):
        kind = get_args(kind)[0]
    return kind


def _mend(data: Plain, path: Path, on_key: bool) -> None:
    """Put something sound in place of what is wrong at a path, or take it away. A key gets a better name."""
    node: Any = data
    holders = []
    for depth, part in enumerate(path):
        last, within = depth == len(path) - 1, _alike(path[:depth])
        entries = within in _ENTRIES
        if last and entries and not on_key and (isinstance(node, dict) or _has(node, part)):
            node[part] = deepcopy(_ENTRIES[within])
            return
        if isinstance(node, dict):
            if part in _VALUES and not entries and not on_key:
                node[part] = _VALUES[str(part)]
                return
            holders.append((node, part))
        if not _has(node, part):
            break
        node = node[part]
    if holders:
        holder, name = holders[-1]
        value = holder.pop(name, None)
        better = _as_name(str(name), words.MODES if path[:-1] == ("undated_items",) else [])
        if on_key and better and better != name and better not in holder:
            holder[better] = value


def _alike(path: Path) -> Path:
    """The path of the same part of `obligation`, where this is one of another machine."""
    return ("obligation", *path[2:]) if path[:1] == ("machines",) and len(path) > 1 else path


def _as_name(word: str, known: Iterable[str]) -> str | None:
    """The name that was most likely meant: a known one, or what was written, spelt as names are."""
    if known:
        return nearest(word, known)
    plain = normalize("NFKD", word.lower().replace("đ", "d"))
    name = re.sub(r"[^a-z0-9]+", "_", "".join(letter for letter in plain if not combining(letter))).strip("_")
    return name if re.match(NAME, name) else None
