"""A simulation as a picture that a leader can read: a line of time for every obligation, its date, and who hears when.

Signs are told apart by their form, not by colour, so that a black and white print says the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflows import drawing
from workflows.calendar import VIETNAM, add_months, day_end, day_of, last_day
from workflows.courses import Line, Mark, Tell, end_of, lines_of
from workflows.definition import Definition
from workflows.drawing import BLACK, GREY, LINE, WHITE, Frame, Look, Markup, element
from workflows.simulation import Simulation
from workflows.text import Text, say, say_count
from workflows.workflow import Workflow

ROWS_MAX = 120  # obligations in one picture; it says so where there are more
_MARGIN, _LABELS, _CHART, _SMALL = 20.0, 250.0, 760.0, 9.5
_ROW, _BAR, _LANE = 46.0, 9.0, 13.0
_INDENT = 10.0
_DAYS_SHOWN = 12  # so many days have a line each
_RUNNING = Look(fill="#e8e8e8", stroke=GREY, weight=0.8)
_RESTING = Look(fill=WHITE, stroke=GREY, dash="3 2", weight=0.8)
_OVERDUE = Look(fill="#fde2e0", stroke="#c62828", hatch=True, weight=1.2)


def timeline(
    simulation: Simulation, workflow: Workflow, *, english: bool, tell: Tell = str, language: str = "vi"
) -> str:
    """The picture as an SVG document. `tell` says a sentence in the reader's `language`; `english` takes a definition's
    English labels."""
    lines = list(lines_of(simulation, tell))
    shown = lines[:ROWS_MAX]
    start, end = simulation.start, end_of(simulation, shown)
    definition = workflow.definition
    title = (definition.english.title if english else None) or definition.title
    days = {"first": _day(start), "last": _day(last_day(simulation.now))}
    subtitle = tell(say("{workflow}, tried from {first} to {last}", workflow=workflow.key, **days))
    if len(lines) > len(shown):
        more = say_count(
            "{count} more obligation is not shown", "{count} more obligations are not shown", len(lines) - ROWS_MAX
        )
        subtitle = f"{subtitle}; {tell(more)}"
    parts = [
        drawing.write(drawing.wrapped(title, _LABELS + _CHART, 17, bold=True)[:1], _MARGIN, _MARGIN, 17, bold=True),
        drawing.write([subtitle], _MARGIN, _MARGIN + 24, fill=GREY),
    ]
    top = _MARGIN + 64
    bottom = top + _ROW * len(shown)
    scale = _Scale(start, end)
    parts += _months(scale, top, bottom)
    for place, line in enumerate(shown):
        parts += _row(line, scale, top + _ROW * place, simulation.now, tell)
    legend, below = _legend(shown, definition, english, bottom + 18, tell)
    parts += legend
    return drawing.page(
        _LABELS + _CHART + 2 * _MARGIN, below + _MARGIN, parts, title=title, says=subtitle, language=language, print_mm=277
    )  # fmt: skip


# How it is drawn


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where an instant lies from left to right."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return _MARGIN + _LABELS + _CHART * min(max(share, 0.0), 1.0)


def _months(scale: _Scale, top: float, bottom: float) -> Iterator[Markup]:
    """A line where each month begins, or each third one in a long time, or each Monday in a short one, or each day, with
    its day."""
    first, last = day_of(scale.start), day_of(scale.end)
    length = (last - first).days
    if length <= _DAYS_SHOWN:
        days = [first + timedelta(days=step) for step in range(length + 1)]
    elif length <= 75:
        days = [first + timedelta(days=step) for step in range((7 - first.weekday()) % 7, length + 1, 7)]
    else:
        step = 1 if length <= 800 else 3
        begins = add_months(first.replace(day=1), 1)
        days = [add_months(begins, step * place) for place in range(length // 28)]
    for one in days:
        if one > last:
            break
        begins_at = datetime(one.year, one.month, one.day, tzinfo=VIETNAM)
        if begins_at < scale.start:
            continue
        x = scale.x(begins_at)
        label = f"{one:%d/%m}" if length <= 75 else f"{one:%m/%Y}"
        yield element(
            "path",
            d=f"M{drawing.number(x)} {drawing.number(top)}V{drawing.number(bottom)}",
            stroke="#cccccc",
            stroke_width=0.7,
        )
        yield drawing.write([label], x, top - 18, _SMALL, anchor="middle", fill=GREY)
    yield element(
        "path", d=f"M{_MARGIN} {drawing.number(top)}H{_MARGIN + _LABELS + _CHART}", stroke=GREY, stroke_width=0.8
    )


def _row(line: Line, scale: _Scale, top: float, now: datetime, tell: Tell) -> Iterator[Markup]:
    one, indent = line.obligation, line.depth * _INDENT
    room = _LABELS - indent - 12
    yield drawing.write(drawing.wrapped(line.label, room, 11, bold=True)[:1], _MARGIN + indent, top + 5, 11, bold=True)
    said = drawing.wrapped(line.text, room, _SMALL)
    said = (*said[:1], f"{said[1][:-1]}…") if len(said) > 2 else said
    yield drawing.write(said, _MARGIN + indent, top + 5 + 11 * LINE, _SMALL, fill=GREY)
    y = top + 24
    yield from _bars(line, scale, y, now)
    if one.due_at:
        x = scale.x(one.due_at)
        beyond = one.due_at > scale.end  # then an arrow points to it, past the end of the line of time
        sign = f"{drawing.number(x - 8)} {drawing.number(y)}l8 {_BAR / 2}l-8 {_BAR / 2}" if beyond else ""
        yield element(
            "path", d=f"M{sign or f'{drawing.number(x)} {drawing.number(y - 4)}v{_BAR + 8}'}", fill="none", stroke=BLACK,
            stroke_width=2.4,
        )  # fmt: skip
        words = tell(say("due {day}", day=_date(one.due_at)))
        left, right = _MARGIN + _LABELS, _MARGIN + _LABELS + _CHART
        anchor = "end" if x > right - 60 else "start" if x < left + 40 else "middle"
        yield drawing.write([words], x, y + _BAR + 2, _SMALL - 1, anchor=anchor)
    yield from _signs(line.marks, scale, y)
    ends = _MARGIN + _LABELS + _CHART
    yield element("path", d=f"M{_MARGIN} {drawing.number(top + _ROW)}H{ends}", stroke="#dddddd", stroke_width=0.6)


def _bars(line: Line, scale: _Scale, y: float, now: datetime) -> Iterator[Markup]:
    """From the day it was given to its end: running, overdue from its date on, and where its clock rested."""
    one = line.obligation
    end = min(one.closed_at or now, scale.end)
    if one.outcome == "fulfilled" and one.sent_at:
        late_to = min(one.sent_at, end)
    else:
        late_to = end
    spans = [(one.assigned_at, end, _RUNNING)]
    if one.due_at and late_to > one.due_at and one.outcome != "void" and not one.owes_nothing:
        spans.append((one.due_at, late_to, _OVERDUE))
    spans += [(begun, min(ended, scale.end), _RESTING) for begun, ended in line.rests]
    for begun, ended, look in spans:
        x = scale.x(begun)
        yield drawing.box(Frame(x, y, max(scale.x(ended) - x, 1.5), _BAR), look)


def _signs(marks: Sequence[Mark], scale: _Scale, y: float) -> Iterator[Markup]:
    """The marks over the bar; those that would cover each other stand one above the other."""
    taken: list[float] = []
    for mark in marks:
        x = scale.x(mark.at)
        if mark.sign in ("rung", "answer"):
            if not mark.number:
                yield element("path", d=f"M{drawing.number(x)} {drawing.number(y - 5)}v5", stroke=BLACK, stroke_width=1)
                continue
            lane = next((place for place, right in enumerate(taken) if right < x - _LANE), len(taken))
            taken[lane : lane + 1] = [x]
            yield from _numbered(x, y - 8 - min(lane, 1) * _LANE, mark.number, mark.sign)
        else:
            yield _sign(mark.sign, x, y + _BAR / 2)


def _numbered(x: float, y: float, number: int, sign: str) -> Iterator[Markup]:
    """A rung: its number in a circle, white for the holder's ladder, black for the giver's."""
    dark = sign == "answer"
    yield element("circle", cx=x, cy=y, r=6, fill=BLACK if dark else WHITE, stroke=BLACK, stroke_width=1)
    yield drawing.write([str(number)], x, y - 6.2, 8.5, anchor="middle", bold=True, fill=WHITE if dark else BLACK)


def _sign(sign: str, x: float, y: float) -> Markup:
    at = f"{drawing.number(x)} {drawing.number(y)}"
    match sign:
        case "received":
            return element("circle", cx=x, cy=y, r=3.6, fill=WHITE, stroke=BLACK, stroke_width=1.4)
        case "reported":
            return element("path", d=f"M{at}m-5 5l5 -10l5 10z", fill=BLACK)
        case "done":
            return element("path", d=f"M{at}m-6 0l4 5l8 -10", fill="none", stroke=BLACK, stroke_width=2.6)
        case "void":
            return element("path", d=f"M{at}m-4.5 -4.5l9 9m0 -9l-9 9", fill="none", stroke=BLACK, stroke_width=2)
    return element("path", d=f"M{at}m-5 0l5 -6l5 6l-5 6z", fill=WHITE, stroke=BLACK, stroke_width=1.6)


# The legend


def _legend(
    lines: Sequence[Line], definition: Definition, english: bool, top: float, tell: Tell
) -> tuple[list[Markup], float]:
    """What the signs mean, of those that are there; and where it ends."""
    signs = {mark.sign for line in lines for mark in line.marks}
    said: list[tuple[Callable[[float, float], list[Markup]], str]] = [
        (_bar_sample(_RUNNING), say("work that runs")),
        (_bar_sample(_OVERDUE), say("past its date")),
    ]
    if any(line.rests for line in lines):
        said.append((_bar_sample(_RESTING), say("its clock rests: who gave it has to answer, or it is paused")))
    meanings: dict[str, Text] = {
        "received": say("received"), "reported": say("reported"), "done": say("done"),
        "void": say("ended without being done"), "incident": say("could not be carried out"),
    }  # fmt: skip
    said += [(_sign_sample(sign), means) for sign, means in meanings.items() if sign in signs]
    for of, sign in (("holder", "rung"), ("giver", "answer")):
        english_labels = (
            (definition.english.rungs if of == "holder" else definition.english.giver_rungs) if english else ()
        )
        told = {mark.number for line in lines for mark in line.marks if mark.sign == sign}
        for number, rung in enumerate(definition.rungs_of(of), 1):
            if number in told:
                label = english_labels[number - 1] if number <= len(english_labels) else rung.label
                said.append((_rung_sample(number, sign), label))
    if 0 in {mark.number for line in lines for mark in line.marks if mark.sign in ("rung", "answer")}:
        said.append((_tick_sample, say("the same again")))
    parts: list[Markup] = []
    x, y = _MARGIN, top
    for sample, means in said:
        words = tell(means)
        width = 44 + drawing.text_width(words, 10.5)
        if x + width > _MARGIN + _LABELS + _CHART and x > _MARGIN:
            x, y = _MARGIN, y + 22
        parts += [*sample(x, y), drawing.write([words], x + 32, y + 1, 10.5)]
        x += width + 10
    return parts, y + 22


def _bar_sample(look: Look) -> Callable[[float, float], list[Markup]]:
    return lambda x, y: [drawing.box(Frame(x, y + 4, 26, _BAR), look)]


def _sign_sample(sign: str) -> Callable[[float, float], list[Markup]]:
    return lambda x, y: [_sign(sign, x + 14, y + 9)]


def _rung_sample(number: int, sign: str) -> Callable[[float, float], list[Markup]]:
    return lambda x, y: list(_numbered(x + 14, y + 9, number, sign))


def _tick_sample(x: float, y: float) -> list[Markup]:
    return [element("path", d=f"M{drawing.number(x + 14)} {drawing.number(y + 5)}v8", stroke=BLACK, stroke_width=1)]


def _date(at: datetime) -> str:
    """A date as lists show it: its last day, or to the minute where it is a date to the hour."""
    return _day(last_day(at)) if at == day_end(last_day(at)) else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _day(day: datetime | date) -> str:
    return f"{day_of(day) if isinstance(day, datetime) else day:%d/%m/%Y}"
