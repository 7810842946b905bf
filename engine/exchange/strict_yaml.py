"""YAML as a tree that keeps its places: no duplicate keys, aliases, tags or several documents, and a bounded depth.

Scalars stay text; whoever knows what a field holds decides what the text means, so that `no` is never false and
`010` never 8.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from engine.exchange.errors import Problem, UnreadableDocument

SIZE_MAX = 4 << 20  # letters: a draft holds its dispatch, and quotes some of it twice
DEPTH_MAX = 8
NODES_MAX = 100_000

# libyaml where the wheel has it, else the same in Python, only slower.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `plain` when it stands without quotes, so that `null` means nothing rather than the word."""

    text: str
    plain: bool
    line: int
    column: int

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, in order."""

    line: int
    column: int
    nodes: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with text keys, each once."""

    line: int
    column: int
    nodes: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)


Node = Scalar | Listing | Fields


def read_tree(text: str, problems: list[Problem]) -> Node | None:
    """The one document of a YAML text. Appends what is wrong to `problems`; None when there is no tree to go on with."""
    if len(text) > SIZE_MAX:
        raise UnreadableDocument(f"The YAML has {len(text):,} letters; a draft is read up to {SIZE_MAX:,}.")
    try:
        return _Tree(iter(yaml.parse(text, Loader=_LOADER)), problems).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.append(Problem(line, column, f"this is not YAML: {error.problem or error.context}"))
    except yaml.YAMLError as error:
        problems.append(Problem(1, 1, f"this is not YAML: {str(error).splitlines()[0]}"))
    except _Stop:
        pass
    return None


class _Stop(Exception):
    """The tree is too deep, too large or not a tree; the problem has been noted."""


class _Tree:
    """Builds the tree from parser events, one node at a time."""

    def __init__(self, events: Iterator[yaml.Event], problems: list[Problem]) -> None:
        self._events = events
        self._problems = problems
        self._count = 0

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._stop(event, "a second document begins; a draft is one document")
                root = self._node(next(self._events), 0)
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        self._count += 1
        if depth > DEPTH_MAX or self._count > NODES_MAX:
            self._stop(event, "this is nested deeper, or is longer, than a draft can be")
        if isinstance(event, yaml.AliasEvent):
            self._stop(event, f"an alias (*{event.anchor}) is not allowed; write the value out")
        if getattr(event, "anchor", None) is not None:
            self._stop(event, f"an anchor (&{event.anchor}) is not allowed; write the value out")
        if getattr(event, "tag", None) is not None:
            self._stop(event, f"a tag ({event.tag}) is not allowed; write the plain value")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, event.style in (None, ""), line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            listing = Listing(line, column)
            while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
                listing.nodes.append(self._node(inner, depth + 1))
            return listing
        return self._fields(Fields(line, column), depth)

    def _fields(self, fields: Fields, depth: int) -> Fields:
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._problems.append(Problem(key.line, key.column, "a key must be a word"))
            elif key.text in fields.keys:
                first = fields.keys[key.text].line
                says = f"`{key.text}` stands here a second time (first on line {first}); keep one"
                self._problems.append(Problem(key.line, key.column, says))
            else:
                fields.keys[key.text] = key
                fields.nodes[key.text] = value
        return fields

    def _stop(self, event: yaml.Event, says: str) -> None:
        mark = event.start_mark
        self._problems.append(Problem(mark.line + 1, mark.column + 1, says))
        raise _Stop
