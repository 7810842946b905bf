"""The closed grammar of guards: `late and not (part is support)`. Read, typed and weighed here; nothing is ever run.

    condition = all { "or" all }              all = one { "and" one }
    one       = "not" one | "(" condition ")" | name | value test
    test      = ("is" | "is not" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" "(" operand { operand } ")"
    operand   = value | number | date | word | "text"

What the names stand for in a live cascade, `guards` says; which are known where, `words.CONDITIONS` and `words.VALUES`.
"""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from workflows.text import say

LENGTH_MAX = 500  # characters
TOKENS_MAX = 80
DEPTH_MAX = 8

Value = bool | int | Decimal | date | str | None
_TOKEN = re.compile(
    r"""\s*(?:(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})|(?P<number>-?[0-9]{1,12}(?:\.[0-9]{1,6})?)(?![\w.])|(?P<text>"[^"]*"|'[^']*')"""
    r"""|(?P<sign><=|>=|<|>|\(|\)|,)|(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)?))"""
)
_KEPT = ("and", "or", "not", "is", "in")
SIGNS = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a test: a name that has a value (`kind` is `name`), or a value as written.

    `kind` of a written one is number, date, text or word; a `word` may yet turn out to be the name of a value.
    """

    kind: str
    text: str

    @property
    def value(self) -> Value:
        """What was written, as a value; of a word, the word itself."""
        match self.kind:
            case "number":
                return Decimal(self.text)  # exact also with decimals; never a float
            case "date":
                return date.fromisoformat(self.text)
        return self.text


@dataclass(frozen=True, slots=True)
class Named:
    """A condition that has a name: it holds or not."""

    name: str


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison: `is`, `<`, `<=`, `>`, `>=`, or `in` several."""

    left: Operand
    sign: str
    right: tuple[Operand, ...]

    @property
    def operands(self) -> tuple[Operand, ...]:
        """Both sides, as they are written."""
        return (self.left, *self.right)


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Condition", ...]


Condition = Named | Test | Not | All | Any


def read_condition(value: object) -> object:
    """The text of a condition, as a pydantic validator takes it. Raises ValueError where it is none."""
    if not isinstance(value, str):
        raise ValueError(say("{value} is not a condition such as 'late and not (part is support)'", value=repr(value)))
    parse(value)
    return " ".join(value.split())


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """The condition that a text says. Raises ValueError naming what does not belong, and where."""
    reading = _Reading(text)
    found = reading.any_of(0)
    if reading.next:
        raise reading.fault(say("nothing more can stand here"))
    return found


def parts(condition: Condition) -> Iterator[Named | Test]:
    """Every name and comparison of a condition, in the order in which they are written."""
    match condition:
        case Not(inner):
            yield from parts(inner)
        case All(inside) | Any(inside):
            for one in inside:
                yield from parts(one)
        case Named() | Test():
            yield condition


def requires(condition: Condition, name: str) -> bool:
    """Does a condition hold only where the one with this name does?"""
    match condition:
        case Named(other):
            return other == name
        case All(inside):
            return any(requires(one, name) for one in inside)
        case Any(inside):
            return all(requires(one, name) for one in inside)
    return False


def is_value(operand: Operand, names: Container[str]) -> bool:
    """Is it the name of a value, and not a word as such? `names` are those that have a value, and every `group.name` is one."""
    return operand.kind == "word" and (operand.text in names or "." in operand.text)


def holds(
    condition: Condition,
    value_of: Callable[[str], Value],
    names: Container[str],
    later: Container[str] = (),
    fits: bool = True,
) -> bool:
    """Does a condition hold, with `value_of` giving what a name stands for? `names` are those that have a value.

    What is not known is neither more, less nor the same as anything: a comparison with it does not hold. Of what will be
    known only `later` it is taken that it fits, so that the answer is whether the whole may come to hold.
    """
    if isinstance(
        condition, Named
    ):  # first, and without a pattern: most conditions are a name, and a fan-out asks them all
        return fits if condition.name in later else value_of(condition.name) is True
    match condition:
        case Not(inner):
            return not holds(inner, value_of, names, later, not fits)
        case All(inside):
            return all(holds(one, value_of, names, later, fits) for one in inside)
        case Any(inside):
            return any(holds(one, value_of, names, later, fits) for one in inside)
        case Test(left, sign, right):
            if any(one.text in later and is_value(one, names) for one in condition.operands):
                return fits
            mine = _weighed(left, value_of, names)
            return any(_compare(mine, sign, _weighed(one, value_of, names)) for one in right)
    raise AssertionError(f"the closed grammar has no {condition!r}")


def _weighed(operand: Operand, value_of: Callable[[str], Value], names: Container[str]) -> Value:
    return value_of(operand.text) if is_value(operand, names) else operand.value


def _kind(value: Value) -> type:
    return Decimal if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _compare(mine: Value, sign: str, other: Value) -> bool:
    if mine is None or other is None or _kind(mine) is not _kind(other):
        return False
    if sign in ("is", "in"):
        return mine == other
    less, same = mine < other, mine == other  # type: ignore[operator]
    return {"<": less, "<=": less or same, ">": not less and not same, ">=": not less}[sign]


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


class _Reading:
    """One reading of one text: its tokens, and how far it is."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.tokens: list[tuple[str, str, int]] = []
        if len(text) > LENGTH_MAX:
            raise ValueError(say("a condition has at most {most} characters", most=LENGTH_MAX))
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found or found.lastgroup is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                raise ValueError(say("{what!r} cannot stand in a condition", what=text[at : at + 20]))
            self.tokens.append((found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
            at = found.end()
        if len(self.tokens) > TOKENS_MAX:
            raise ValueError(say("a condition has at most {most} words", most=TOKENS_MAX))

    @property
    def next(self) -> str:
        """The token that comes next; nothing at the end."""
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def fault(self, because: str) -> ValueError:
        if not self.next:
            text = _short(self.text)
            return ValueError(say("the condition {text!r} ends too early: {because}", text=text, because=because))
        at = {"text": _short(self.text), "word": _short(self.next)}
        return ValueError(say("in the condition {text!r}, at {word!r}: {because}", because=because, **at))

    def took(self, *wanted: str) -> bool:
        """Is the next token one of these, unquoted? Then it is taken."""
        if self.next in wanted and self.tokens[self.place][0] != "text":
            self.place += 1
            return True
        return False

    def any_of(self, depth: int) -> Condition:
        if depth > DEPTH_MAX:
            raise self.fault(say("it is nested more than {most} deep", most=DEPTH_MAX))
        found = [self.all_of(depth)]
        while self.took("or"):
            found.append(self.all_of(depth))
        return found[0] if len(found) == 1 else Any(tuple(found))

    def all_of(self, depth: int) -> Condition:
        found = [self.one(depth)]
        while self.took("and"):
            found.append(self.one(depth))
        return found[0] if len(found) == 1 else All(tuple(found))

    def one(self, depth: int) -> Condition:
        if depth > DEPTH_MAX:
            raise self.fault(say("it is nested more than {most} deep", most=DEPTH_MAX))
        if self.took("not"):
            return Not(self.one(depth + 1))
        if self.took("("):
            inner = self.any_of(depth + 1)
            if not self.took(")"):
                raise self.fault(say("a bracket is not closed"))
            return inner
        left = self.operand()
        return self.test(left)

    def test(self, left: Operand) -> Condition:
        if self.took("is"):
            negated = self.took("not")
            found: Condition = Test(left, "is", (self.operand(),))
            return Not(found) if negated else found
        negated = self.next == "not" and self.took("not")
        if self.took("in"):
            found = Test(left, "in", self.several())
            return Not(found) if negated else found
        if negated:
            raise self.fault(say("after {word!r} and 'not' comes 'in'", word=_short(left.text)))
        if self.next in SIGNS:
            sign = self.next
            self.place += 1
            return Test(left, sign, (self.operand(),))
        if left.kind != "word":
            raise self.fault(
                say("{word} alone is no condition; compare it with something", word=repr(_short(left.text)))
            )
        return Named(left.text)

    def several(self) -> tuple[Operand, ...]:
        if not self.took("("):
            raise self.fault(say("after 'in' come values in brackets: part in (lead support)"))
        found = [self.operand()]
        while not self.took(")"):
            self.took(",")
            found.append(self.operand())
        return tuple(found)

    def operand(self) -> Operand:
        if not self.next:
            raise self.fault(say("a name or a value is missing"))
        kind, text, _ = self.tokens[self.place]
        if kind == "sign" or (kind == "word" and text in _KEPT):
            raise self.fault(say("a name or a value has to stand here"))
        if kind == "date":
            try:
                date.fromisoformat(text)
            except ValueError:
                raise self.fault(say("there is no such day")) from None
        self.place += 1
        return Operand(kind, text[1:-1] if kind == "text" else text)
