"""The machine of what an office owes as an SVG picture: its states, who may move between them, and the path one took.

Told apart by line as well as by colour: double for an end, dashed where the giver must answer, hatched where it ended
undone. What may be done in any open state leaves from one box of its own, not from every state.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workflows import drawing
from workflows.definition import Action, English, ObligationMachine
from workflows.diagrams import Live, Move, moves, party_words
from workflows.drawing import A4_HEIGHT, A4_WIDTH, BLACK, GREY, LINE, SIZE, WHITE, Frame, Look, Markup
from workflows.layout import Edge, Layout, Node, laid_out
from workflows.sheet import Block, Sign, arrow_sample, box_sample, numbered, pill, pill_width, sheet
from workflows.text import joined, say

Tell = Callable[[str], str]  # says a text in the reader's language

LOOKS: Mapping[str, Look] = {
    "": Look(),
    "waiting": Look(fill="#fff6dc", dash="6 3"),
    "fulfilled": Look(fill="#e6f4e6", double=True),
    "void": Look(fill="#f2f2f2", hatch=True, double=True),
    "any_open": Look(stroke=GREY, dash="1.5 2.5"),
}
_BEGIN, _ANY = "[", "]"  # names that no state has
_STATE_WIDTH, _LABEL_WIDTH = 124.0, 138.0
_SMALL = 10.0
_ROOMS = (560.0, 430.0, 340.0, 260.0)  # of labels side by side: wide and low, or narrow and high
_HIGHEST = A4_HEIGHT - 240  # beside the heading, the legend and the steps
_FEW = 40  # arrows; a larger machine fits no page, and is laid out fewer times
_PADDING = 10.0
_BEGIN_SIZE = 12.0
_STRONG, _FAINT = 2.8, "#8a8a8a"
_TAG = 16.0  # the strip that says which state is the present one


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a label: an action, who may take it, or the numbers of the steps in which it was taken."""

    text: str
    kind: str  # action, party, steps

    @property
    def size(self) -> float:
        return {"action": SIZE - 0.5, "party": _SMALL, "steps": _SMALL}[self.kind]

    @property
    def width(self) -> float:
        return pill_width(self.text) if self.kind == "steps" else drawing.text_width(self.text, self.size)

    @property
    def height(self) -> float:
        return 18.0 if self.kind == "steps" else self.size * LINE


@dataclass(frozen=True, slots=True)
class _Arrow:
    """An arrow of the picture: its ends, its label, and whether it lies on the path taken."""

    source: str
    target: str
    lines: tuple[_Line, ...] = ()
    taken: bool = False

    @property
    def edge(self) -> Edge:
        return Edge(self.source, self.target, max((one.width for one in self.lines), default=0.0),
                    sum(one.height for one in self.lines))  # fmt: skip


def states(
    machine: ObligationMachine, english: English | None, title: str, *, tell: Tell = str, language: str = "vi",
    live: Live | None = None, wide_mm: float | None = None,
) -> str:  # fmt: skip
    """A machine as an SVG document, with its English words or (None) its own; `live` marks where one obligation stands.

    `language` is the one that `tell` speaks; `wide_mm` the width in print.
    """
    arrows = _arrows(machine, english, tell, live)
    visited = {name for step in live.steps for name in (step.source, step.target)} if live else set()
    # What it went through may have been a state of a version before this one.
    named = dict.fromkeys([*machine.states, *([live.state, *sorted(visited)] if live else [])])
    labels = {name: drawing.wrapped(_state(machine, english, name), _STATE_WIDTH, bold=True) for name in named}
    if any(one.source == _ANY for one in arrows):
        labels[_ANY] = drawing.wrapped(tell(say("from any open state")), _LABEL_WIDTH + 20)
    current = live.state if live else None
    nodes = [Node(_BEGIN, _BEGIN_SIZE, _BEGIN_SIZE)]
    nodes += [_node(name, lines, name == current) for name, lines in labels.items()]
    sources = {target: {one.source for one in arrows if one.target == target} for target in machine.states}
    last = [name for name in machine.ends if sources[name] == {_ANY}]
    edges = [one.edge for one in arrows]
    rooms = _ROOMS if len(edges) <= _FEW else _ROOMS[:1]
    tried = [laid_out(nodes, edges, room=room, last=last, mirrored=one) for room in rooms for one in (False, True)]
    found = _fitting(tried)
    parts = [
        *(_drawn_arrow(one, found, place, live is not None) for place, one in enumerate(arrows)),
        *(_drawn_state(machine, name, lines, found.boxes[name], live, tell, name in visited) for name, lines in labels.items()),
        _dot(found.boxes[_BEGIN]),
    ]  # fmt: skip
    drawn = Block(found.width, found.height, tuple(parts))
    says = _says(machine, english, live)
    listed = _listed(machine, english, live, max(found.width, 470.0), tell) if live and live.steps else None
    signs = _signs(machine, live, tell, any_open=_ANY in labels)
    return sheet(title, tell(says), drawn, signs, language=language, listed=listed, wide_mm=wide_mm)


def _fitting(tried: Sequence[Layout]) -> Layout:
    """The one that a page of A4 shows largest."""
    return max(tried, key=lambda one: min(A4_WIDTH / max(one.width, A4_WIDTH), _HIGHEST / max(one.height, _HIGHEST)))


def _state(machine: ObligationMachine, english: English | None, name: str) -> str:
    return (english.states.get(name) if english else None) or machine.states.get(name, name)


def _action(machine: ObligationMachine, english: English | None, name: str) -> str:
    known = machine.actions.get(name)
    return (english.actions.get(name) if english else None) or (known.label if known else name)


def _says(machine: ObligationMachine, english: English | None, live: Live | None) -> str:
    if live is None:
        return say("What an office owes: its states, and who may move it from one to another.")
    return say("It is: {state}.", state=_state(machine, english, live.state))


def _arrows(machine: ObligationMachine, english: English | None, tell: Tell, live: Live | None) -> list[_Arrow]:
    """The arrow to the first state, then one for each two states. A step through what is open anywhere has one of its own."""
    numbers: dict[Move, dict[str, list[str]]] = {}
    for number, step in enumerate(live.steps if live else (), live.first if live else 1):
        numbers.setdefault((step.source, step.target), {}).setdefault(step.action, []).append(str(number))
    drawn: dict[Move, list[str]] = {
        (source or _ANY, target): list(actions) for (source, target), actions in moves(machine, bundled=True).items()
    }
    for move, steps in numbers.items():
        known = drawn.setdefault(move, [])
        known += [name for name in steps if name not in known]
    found = [_Arrow(_BEGIN, machine.first)]
    for (source, target), actions in drawn.items():
        taken = numbers.get((source, target), {})
        lines = [
            line
            for name in actions
            for line in _label(_action(machine, english, name), machine.actions.get(name), taken.get(name, ()), tell)
        ]
        found.append(_Arrow(source or _ANY, target, tuple(lines), bool(taken)))
    return found


def _label(label: str, action: Action | None, numbers: Sequence[str], tell: Tell) -> list[_Line]:
    lines = (
        [_Line(one, "steps") for one in drawing.wrapped(", ".join(numbers), _LABEL_WIDTH - 10, _SMALL)]
        if numbers
        else []
    )
    lines += [_Line(one, "action") for one in drawing.wrapped(label, _LABEL_WIDTH, SIZE - 0.5)]
    parties = tell(joined(map(party_words, action.by))) if action else ""
    return lines + [_Line(one, "party") for one in drawing.wrapped(parties, _LABEL_WIDTH, _SMALL) if one]


def _node(name: str, lines: Sequence[str], current: bool) -> Node:
    width = max(64.0, drawing.widest(lines, bold=True)) + 2 * _PADDING
    return Node(name, width, len(lines) * SIZE * LINE + 2 * _PADDING - 2 + (_TAG if current else 0.0))


def _drawn_state(
    machine: ObligationMachine, name: str, lines: Sequence[str], frame: Frame, live: Live | None, tell: Tell, visited: bool
) -> Markup:  # fmt: skip
    kind = _kind(machine, name)
    known = LOOKS[kind]
    current = live is not None and name == live.state
    weight = _STRONG if current else 1.8 if visited else known.weight
    look = Look(known.fill, known.stroke, known.dash, known.double, known.hatch, weight)
    x, _ = frame.middle
    top = frame.y + _PADDING - 2
    parts = [drawing.box(frame, look)]
    if known.hatch:  # so that no line runs through the words
        wide = drawing.widest(lines, bold=True)
        parts.append(drawing.element("rect", x=x - wide / 2 - 3, y=top, width=wide + 6,
                                     height=len(lines) * SIZE * LINE + 1, fill=known.fill))  # fmt: skip
    parts.append(drawing.write(lines, x, top, anchor="middle", bold=kind != "any_open", fill=known.stroke))
    if current:
        strip = Frame(frame.x, frame.bottom - _TAG, frame.width, _TAG)
        parts += [
            drawing.element("rect", x=strip.x, y=strip.y, width=strip.width, height=strip.height, rx=3, fill=BLACK),
            drawing.write([tell(say("now"))], x, strip.y + 2, _SMALL, anchor="middle", bold=True, fill=WHITE),
        ]
    return drawing.element("g", *parts)


def _kind(machine: ObligationMachine, name: str) -> str:
    if name == _ANY:
        return "any_open"
    return machine.ends.get(name) or ("waiting" if name in machine.awaits_giver_in else "")


def _dot(frame: Frame) -> Markup:
    x, y = frame.middle
    return drawing.element("circle", cx=x, cy=y, r=_BEGIN_SIZE / 2, fill=BLACK)


def _drawn_arrow(one: _Arrow, found: Layout, place: int, live: bool) -> Markup:
    route = found.routes[place]
    loop = one.source == one.target
    faint = live and not one.taken and one.source != _BEGIN
    stroke = _FAINT if faint else GREY if one.source == _ANY else BLACK
    weight, curved = _STRONG if one.taken else 1.2, "" if loop else "down"
    dash = "1.5 2.5" if one.source == _ANY else ""
    parts = [drawing.arrow(route.points, weight=weight, stroke=stroke, curved=curved, dash=dash)]
    if route.label:
        y = route.label.y
        for line in one.lines:
            ink = GREY if line.kind == "party" or faint else BLACK
            x = route.label.x
            parts.append(
                pill(line.text, x, y) if line.kind == "steps" else drawing.write([line.text], x, y, line.size, fill=ink)
            )
            y += line.height
    return drawing.element("g", *parts)


def _listed(machine: ObligationMachine, english: English | None, live: Live, width: float, tell: Tell) -> Block:
    """The path taken, step by step: when, what, by whom, and what the state became."""
    rows = []
    for number, step in enumerate(live.steps, live.first):
        said = say(
            "{when}: {action} ({who}); {state}",
            when=step.when, action=_action(machine, english, step.action), who=step.who,
            state=_state(machine, english, step.target),
        )  # fmt: skip
        rows.append((str(number), tell(said)))
    head = say("The path taken") if live.first == 1 else say("The path taken, from step {number}", number=live.first)
    return numbered(tell(head), rows, width)


def _signs(machine: ObligationMachine, live: Live | None, tell: Tell, *, any_open: bool) -> list[Sign]:
    """The legend: only what the picture has."""
    dot = drawing.element("circle", cx=17, cy=9.5, r=_BEGIN_SIZE / 2, fill=BLACK)
    said = [Sign(dot, say("begins"))]
    if machine.awaits_giver_in:
        said.append(Sign(box_sample(LOOKS["waiting"]), say("waits for an answer of who gave it")))
    if "fulfilled" in machine.ends.values():
        said.append(Sign(box_sample(LOOKS["fulfilled"]), say("end: it was done")))
    if "void" in machine.ends.values():
        said.append(Sign(box_sample(LOOKS["void"]), say("end: it was not done")))
    if any_open:
        means = say("may be done in every state that is no end")
        said.append(Sign(arrow_sample(stroke=GREY, dash="1.5 2.5"), means))
    if live:
        tag = drawing.element("rect", x=0, y=2, width=34, height=15, rx=3, fill=BLACK)
        said.append(Sign(tag, say("the present state")))
        if live.steps:
            said.append(Sign(arrow_sample(_STRONG), say("the path taken, its steps numbered")))
    return [Sign(one.sample, tell(one.means)) for one in said]
