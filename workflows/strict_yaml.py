"""Strict YAML for files that people write: plain data in which every key and value knows its line and column.

Only the part of YAML that reads the way it looks: mappings, lists, texts, whole numbers, true, false, null.
The data is built from events without recursion, so a hostile file costs no more than its size allows.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

import yaml

from workflows.errors import InvalidDefinition, Problem
from workflows.text import say

PROBLEMS_MAX = 100  # then reading ends

Plain = dict[str, "Plain"] | list["Plain"] | str | int | bool | None
Path = tuple[str | int, ...]
Position = tuple[int, int]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, Plain] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
# Control characters, and those that YAML takes for the end of a line where an editor does not.
_USABLE = "\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_UNUSABLE = re.compile(f"[^{_USABLE}]|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a file may hold: bytes of UTF-8, keys and values together, and levels of nesting."""

    bytes: int
    nodes: int
    depth: int


# What one person writes and another checks; some 0.3 s of reading with libyaml, 2 s where PyYAML came without it.
DEFINITION = Limits(256 * 1024, 40_000, 32)
# What is filled in or exported: a province's directory of offices, the draft of a long dispatch. Ten times as slow.
DATA = Limits(4 * 1024 * 1024, 400_000, 32)


class Located:
    """Plain data, and where each part of it stands in the file. Lines and columns count from 1."""

    def __init__(self, root: "_Node") -> None:
        self._root = root
        self.data = root.data

    def at(self, path: Path) -> Position:
        """Where the value at `path` begins; of what is missing, the key of its nearest ancestor.

        The first entry of a list that was written as one word is that word.
        """
        node, whole = self._nearest(path)
        return node.at if whole or not node.inside else node.key_at

    def at_key(self, path: Path) -> Position:
        """Where the key of `path` stands, or the entry itself in a list. Falls back as `at` does."""
        return self._nearest(path)[0].key_at

    def _nearest(self, path: Path) -> tuple["_Node", bool]:
        node = self._root
        for part in path:
            inner = node.inside.get(part)
            if inner is None:
                return node, False
            node = inner
        return node, True


def read_yaml(text: str | bytes, source: str, *, limits: Limits = DEFINITION) -> Located:
    """Read one YAML document. Raises InvalidDefinition naming every fault that could be found.

    `source` is what the file is called in problems. A date, `yes`, `0x1f`, `1.5` and `007` stay texts.
    """
    located, problems = examine(text, source, limits=limits)
    if located is None or problems:
        raise InvalidDefinition(source, problems)
    return located


def examine(text: str | bytes, source: str, *, limits: Limits = DEFINITION) -> tuple[Located | None, list[Problem]]:
    """As `read_yaml`, but hands back what is wrong beside what was read; None where that is not whole."""
    reader = _Reader(source, limits)
    usable = reader.decoded(text)
    if usable is not None:
        reader.build(usable)
        if reader.root is None and not reader.problems:
            reader.refuse((1, 1), "E112", say("the file is empty"))
    problems = sorted(reader.problems, key=lambda problem: (problem.line, problem.column))
    return Located(reader.root) if reader.root and not reader.cut_short else None, problems


@dataclass(slots=True)
class _Node:
    """A value, where it and its key begin, and what is inside it."""

    data: Plain
    at: Position
    key_at: Position
    inside: dict[str | int, "_Node"] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A mapping or a list that has not ended yet; in a mapping, the key whose value comes next."""

    node: _Node
    key_at: Position | None = None
    key: str | None = None  # None beside a `key_at`: a key that was refused, and takes its value with it


class _Reader:
    """One reading of one file. It gathers problems and gives up only where the rest would be lost."""

    def __init__(self, source: str, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.problems: list[Problem] = []
        self.root: _Node | None = None
        self.cut_short = False
        self._stack: list[_Open] = []
        self._nodes = 0
        self._ended = False

    def refuse(self, at: Position, code: str, message: str) -> None:
        self.problems.append(Problem(self.source, *at, code, message))
        if len(self.problems) == PROBLEMS_MAX:
            self.problems.append(
                Problem(self.source, *at, "E113", say("{most} problems; the rest was not read", most=PROBLEMS_MAX))
            )
            self._ended = self.cut_short = True

    def decoded(self, given: str | bytes) -> str | None:
        """The text with nothing in it that YAML cannot read, positions kept; None where it is not text."""
        raw = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else given
        if len(raw) > self.limits.bytes:
            self.refuse(
                (1, 1),
                "E103",
                say(
                    "the file has {bytes} bytes; {most} is the most",
                    bytes=f"{len(raw):,}",
                    most=f"{self.limits.bytes:,}",
                ),
            )
            return None
        try:
            text = given if isinstance(given, str) else raw.decode()
        except UnicodeDecodeError as error:
            at, byte = _end_of(raw[: error.start].decode()), raw[error.start]
            self.refuse(at, "E101", say("byte 0x{byte} is not UTF-8; save the file as UTF-8", byte=f"{byte:02x}"))
            return None
        text = text.removeprefix("\ufeff")
        for found in islice(_UNUSABLE.finditer(text), 10):
            at = _end_of(text[: found.start()])
            self.refuse(at, "E102", say("the character U+{code} cannot be used", code=f"{ord(found[0]):04X}"))
        return _UNUSABLE.sub(" ", text)

    def build(self, text: str) -> None:
        """Build `root` from the events of the text, as far as they go."""
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._take(event)
                if self._ended:
                    return
        except yaml.MarkedYAMLError as error:
            self._give_up(*_syntax(error))
        except yaml.YAMLError as error:
            self._give_up((1, 1), "E106", say("this is not YAML: {error}", error=error))

    def _give_up(self, at: Position, code: str, message: str) -> None:
        self._ended = self.cut_short = True
        self.refuse(at, code, message)

    def _take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.NodeEvent):
            self._take_node(event, at)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root:
            self._ended = True
            self.refuse(at, "E110", say("a second document begins here; a file holds one"))
        elif isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
            self.refuse((1, 1), "E108", say("directives such as %YAML are not read here; leave them out"))

    def _take_node(self, event: yaml.NodeEvent, at: Position) -> None:
        self._nodes += 1
        if self._nodes > self.limits.nodes:
            return self._give_up(
                at, "E105", say("there are more than {most} keys and values", most=f"{self.limits.nodes:,}")
            )
        if event.anchor is not None:
            self.refuse(at, "E107", say("anchors and aliases (& *) are not read here; write out what is meant"))
        elif not isinstance(event, yaml.AliasEvent) and event.tag is not None:  # type: ignore[attr-defined]
            self.refuse(at, "E108", say("tags (!) are not read here; leave it out, and put texts in quotes"))
        node = _Node(self._value(event, at), at, at)
        top = self._stack[-1] if self._stack else None
        if top and top.key_at is None and isinstance(top.node.data, dict):
            top.key, top.key_at = self._key(event, top.node, at), at
        else:
            self._place(node, top)
        if isinstance(event, yaml.CollectionStartEvent):
            if len(self._stack) >= self.limits.depth:
                return self._give_up(at, "E104", say("nested more than {depth} deep", depth=self.limits.depth))
            self._stack.append(_Open(node))
        return None

    def _place(self, node: _Node, top: _Open | None) -> None:
        """Put a value where it belongs: at the root, in a list, or under the key that waits for it."""
        if top is None:
            self.root = node
        elif isinstance(top.node.data, list):
            top.node.inside[len(top.node.data)] = node
            top.node.data.append(node.data)
        elif isinstance(top.node.data, dict):
            node.key_at = top.key_at or node.at
            if top.key is not None:
                top.node.inside[top.key] = node
                top.node.data[top.key] = node.data
            top.key = top.key_at = None

    def _key(self, event: yaml.NodeEvent, mapping: _Node, at: Position) -> str | None:
        """The text of a key, or None where it cannot be one."""
        if not isinstance(event, yaml.ScalarEvent):
            if not isinstance(event, yaml.AliasEvent):
                self.refuse(at, "E111", say("a key has to be a text"))
            return None
        key = event.value
        if event.implicit[0] and key == "<<":
            self.refuse(at, "E107", say("merge keys are not read here; write out what is meant"))
            return None
        if not isinstance(_resolved(event), str):
            self.refuse(
                at,
                "E111",
                say("the key {key} is not a text; put it in quotes", key=key[:60]) if key else say("a key is empty"),
            )
        if key in mapping.inside:
            first = "{}:{}".format(*mapping.inside[key].key_at)
            self.refuse(
                at, "E109", say("{key!r} is written twice; it stands at {first} already", key=key[:60], first=first)
            )
            return None
        return str(key)

    def _value(self, event: yaml.NodeEvent, at: Position) -> Plain:
        if isinstance(event, yaml.ScalarEvent):
            found = _UNUSABLE.search(event.value)
            if found:
                self.refuse(
                    at,
                    "E102",
                    say("the character U+{code} cannot be used, escaped or not", code=f"{ord(found[0]):04X}"),
                )
            return _resolved(event)
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        return [] if isinstance(event, yaml.SequenceStartEvent) else None


def _resolved(event: yaml.ScalarEvent) -> Plain:
    """The value of a scalar: quoted it is a text, plain it may be a word or a number of YAML 1.2."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.fullmatch(text) else text


def _syntax(error: yaml.MarkedYAMLError) -> tuple[Position, str, str]:
    """Where a text stops being YAML, and what to do about it."""
    problem, mark, opened = str(error.problem), error.problem_mark, error.context_mark
    if "unexpected end of stream" in problem and opened:
        return (opened.line + 1, opened.column + 1), "E106", say("what is opened here is never closed")
    at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if "mapping values are not allowed" in problem:
        return at, "E106", say("a colon is not possible here; a text with ': ' in it has to stand in quotes")
    if "cannot start any token" in problem or "tab character" in problem:
        return at, "E106", say("a value cannot begin like this; put texts in quotes, indent with spaces, not tabs")
    begun = f"{opened.line + 1}:{opened.column + 1}" if opened else ""
    within = say(", in what begins at {begun}", begun=begun) if begun not in ("", "{}:{}".format(*at)) else ""
    return at, "E106", say("this is not YAML: {problem}{within}", problem=problem, within=within)


def _end_of(text: str) -> Position:
    """The position just after a text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")
