"""A workflow's machine and levels, and the tree of a cascade, as text that Mermaid draws (https://mermaid.js.org).

Labels come from definitions and documents: whatever is not a letter, a digit or a space is written as a character
entity, so that no label can end its quotes, begin markdown or become a line of the diagram.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflows.definition import Definition, English, ObligationMachine
from workflows.text import joined, mark, say

_BREAK = "<br/>"
_PLAIN = " ,/"  # punctuation that means nothing to Mermaid or markdown, wherever it stands
_STYLES = {
    "fulfilled": "fill:#e3f3e3,stroke:#2e7d32,color:#12391a",
    "void": "fill:#eeeeee,stroke:#777777,color:#444444",
    "waiting": "fill:#fff4d6,stroke:#b8860b,color:#4d3800",
    "overdue": "fill:#fde2e0,stroke:#c62828,color:#5c1010",
    "current": "fill:#222222,stroke:#000000,color:#ffffff",
}


_ROLES = {"clerk": mark("clerk"), "officer": mark("officer"), "leader": mark("leader")}
_OFFICES = {
    "holder": mark("of the holder"),
    "giver": mark("of the giver"),
    "above_holder": mark("of the office above the holder"),
    "above_giver": mark("of the office above the giver"),
    "controller": mark("of the controller"),
    "recipient": mark("of the recipient"),
    "host": mark("of the host"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A directive in the tree of a cascade: the lines written in it, the directives it carries further, its colour.

    `style` is `fulfilled`, `void`, `overdue` or nothing.
    """

    number: int
    lines: tuple[str, ...]
    above: tuple[int, ...] = ()
    style: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """An action that was taken on one obligation, with when and by whom in the reader's words."""

    action: str
    source: str
    target: str
    when: str
    who: str


@dataclass(frozen=True, slots=True)
class Live:
    """Where one obligation stands and how it came there; `first` is the number of the first of these steps."""

    state: str
    steps: tuple[Step, ...] = ()
    first: int = 1


Move = tuple[str | None, str]  # from which state to which; from None: what may be done in any open state


def states(
    machine: ObligationMachine, english: English | None = None, *, live: Live | None = None, tell: Callable[[str], str] = str
) -> str:  # fmt: skip
    """A machine with its English words or (None) its own: states, the actions between them and who may take each.

    `live` marks where one obligation stands; the actions it took are numbered in their order. `tell` says who may act in the
    reader's language.
    """
    names = english.states if english else {}
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f'    state "{_label(names.get(name, label))}" as s_{name}' for name, label in machine.states.items()]
    lines.append(f"    [*] --> s_{machine.first}")
    taken: dict[tuple[Move, str], list[str]] = {}
    for number, step in enumerate(live.steps if live else (), live.first if live else 1):
        taken.setdefault(((step.source, step.target), step.action), []).append(str(number))
    for move, actions in moves(machine).items():
        said = [_label(_action(name, machine, english, taken.get((move, name), ()), tell)) for name in actions]
        lines.append(f"    s_{move[0]} --> s_{move[1]} : {_BREAK.join(said)}")
    lines += [f"    s_{name} --> [*]" for name in machine.ends]
    styles = {f"s_{name}": outcome for name, outcome in machine.ends.items()}
    styles |= {f"s_{name}": "waiting" for name in machine.awaits_giver_in}
    if live and live.state in machine.states:
        styles[f"s_{live.state}"] = "current"
    return _text([*lines, *_styled(styles)])


def levels(definition: Definition, *, english: bool = False) -> str:
    """The tree of levels, the top one first."""
    names = definition.english.levels if english else {}
    lines = ["flowchart TB"]
    lines += [f'    l_{name}["{_label(names.get(name, level.label))}"]' for name, level in definition.levels.items()]
    lines += [f"    l_{above} --> l_{name}" for name, above in definition.above.items() if above]
    return _text(lines)


def tree(boxes: Sequence[Box]) -> str:
    """Directives under each other. What hangs under a directive that is not among the boxes hangs alone."""
    known = {box.number for box in boxes}
    lines = ["flowchart TB"]
    lines += [f'    d_{box.number}["{_BREAK.join(map(_label, box.lines))}"]' for box in boxes]
    lines += [f"    d_{above} --> d_{box.number}" for box in boxes for above in box.above if above in known]
    return _text([*lines, *_styled({f"d_{box.number}": box.style for box in boxes if box.style})])


def moves(machine: ObligationMachine, *, bundled: bool = False) -> dict[Move, list[str]]:
    """The actions from one state to another: two states have one arrow, however many actions lead along it.

    `bundled` leaves what may be done in any open state together, as coming from None; else it comes from each of them.
    """
    opened = [name for name in machine.states if name not in machine.ends]
    found: dict[Move, list[str]] = {}
    for name, action in machine.actions.items():
        anywhere = "any_open" in action.from_
        sources: Sequence[str | None] = action.from_
        if anywhere:
            sources = [None] if bundled and action.to != "same" else opened
        for source in sources:
            target = source if action.to == "same" else action.to
            found.setdefault((source, target or action.to), []).append(name)
    return found


def _action(
    name: str, machine: ObligationMachine, english: English | None, numbers: Sequence[str], tell: Callable[[str], str]
) -> str:  # fmt: skip
    action = machine.actions[name]
    label = english.actions.get(name, action.label) if english else action.label
    before = f"{', '.join(numbers)}. " if numbers else ""
    parties = tell(joined(map(party_words, action.by)))
    return f"{before}{label} ({parties})"


def party_words(party: str) -> str:
    """`holder.leader` in words."""
    office, _, role = party.partition(".")
    return say("{role} {of_office}", role=say(_ROLES[role]), of_office=say(_OFFICES[office]))


def _label(text: str) -> str:
    """A text on one line that Mermaid can only show."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(one if one.isalnum() or one in _PLAIN else _entity(one) for one in line)


def _entity(character: str) -> str:
    """Mermaid's way to write a character by its number; what cannot be printed becomes a replacement character."""
    return f"#{ord(character if character.isprintable() else '�')};"


def _styled(styles: Mapping[str, str]) -> Iterable[str]:
    for style, look in _STYLES.items():
        named = [name for name, wanted in styles.items() if wanted == style]
        if named:
            yield f"    classDef {style} {look}"
            yield f"    class {','.join(named)} {style}"


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
