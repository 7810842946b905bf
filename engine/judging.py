"""The verdict on what a scenario expects: what was expected, and what was so instead."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.exchange.scenario_fields import On, When
from engine.exchange.scenarios import Expectation, is_day
from engine.language import speaking, told
from engine.pointing import Found, Unclear, find, find_all, find_directive, named
from workflows.acting import asked_of
from workflows.calendar import VIETNAM, day_end, day_of, last_day
from workflows.commands import Act, Actor
from workflows.deadlines import sentence
from workflows.obligation import GROUPS, Obligation
from workflows.offices import Addressee, seat_of_text
from workflows.simulation import Message, Simulation, messages_of
from workflows.strict_yaml import Position
from workflows.text import Text, joined, say

_SHOWN_MAX = 6


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold, or a step that could not be taken, and where it stands in the file."""

    place: Position
    says: str


def judge(simulation: Simulation, expected: Expectation) -> list[Failure]:
    """Everything that is otherwise than expected at this moment; nothing where all of it holds."""
    try:
        return list(_judged(simulation, expected))
    except Unclear as unclear:
        return [Failure(expected.places.get("on", expected.place), unclear.text)]


def _judged(simulation: Simulation, expected: Expectation) -> Iterator[Failure]:
    match expected.form:
        case "told":
            return _told(simulation, expected)
        case "not_told":
            return _not_told(simulation, expected)
        case "open_to":
            return _open_to(simulation, expected)
        case "totals":
            return _totals(simulation, expected)
        case "directive":
            return _directive(simulation, expected)
    return _obligations(simulation, expected)


# Obligations


def _obligations(simulation: Simulation, expected: Expectation) -> Iterator[Failure]:
    assert expected.on is not None  # the reader asks for it
    if expected.absent:
        there = find_all(simulation, expected.on)
        if there:
            listed = [named(simulation, one) for one in there[:_SHOWN_MAX]]
            yield Failure(
                expected.places["absent"], say("nothing is expected to be there, and there is {listed}", listed=listed)
            )
        return
    for found in find(simulation, expected.on):
        yield from _obligation(simulation, expected, found)


def _obligation(simulation: Simulation, expected: Expectation, found: Found) -> Iterator[Failure]:
    one = found[1]

    def unlike(key: str, wanted: object, so: object) -> Failure:
        says = say("{what}: {key} is expected to be {wanted}, and is {so}",
                   what=named(simulation, found), key=key, wanted=wanted, so=so)  # fmt: skip
        return Failure(expected.places[key], says)

    given = expected.places
    if "state" in given and one.state != expected.state:
        yield unlike("state", expected.state, one.state)
    group = one.group(simulation.now)
    if "time" in given and group != expected.time:
        due = say("{group} (due {due})", group=group, due=when_words(one.due_at))
        yield unlike("time", expected.time, due)
    if "due" in given and not _same(expected.due, one.due_at):
        yield unlike("due", when_words(expected.due), _why(one))
    if "first_due" in given and not _same(expected.first_due, one.first_due_at):
        yield unlike("first_due", when_words(expected.first_due), when_words(one.first_due_at))
    if expected.because and not occurs(expected.because, sentence(one.because, one.due_at)):
        yield unlike("because", repr(expected.because), repr(told(sentence(one.because, one.due_at))))
    if "joined" in given and expected.joined != bool(one.joined_at):
        below = say(
            "{open} open, {done} done, {void} void below", open=one.leads_open, done=one.leads_done, void=one.leads_void
        )
        so = say("{joined} ({below})", joined=str(bool(one.joined_at)).lower(), below=below)
        yield unlike("joined", str(expected.joined).lower(), so)
    if "tasks" in given and sorted(expected.tasks) != sorted(task.kind for task in one.tasks):
        yield unlike("tasks", list(expected.tasks) or say("none"), [task.kind for task in one.tasks] or say("none"))


def _why(one: Obligation) -> Text:
    if one.due_at is None:
        return say("no date")
    return say("{due} ({why})", due=when_words(one.due_at), why=sentence(one.because, one.due_at))


def _totals(simulation: Simulation, expected: Expectation) -> Iterator[Failure]:
    so = Counter(one.group(simulation.now) for _, one in find_all(simulation, expected.on))
    wrong = {group: wanted for group, wanted in expected.totals.items() if so[group] != wanted}
    if wrong:
        wanted = ", ".join(f"{group} {count}" for group, count in wrong.items())
        found = ", ".join(f"{group} {so[group]}" for group in GROUPS if so[group])
        says = say("totals are expected to be {wanted}, and are {found}", wanted=wanted, found=found or say("nothing"))
        yield Failure(expected.places["totals"], says)


def _directive(simulation: Simulation, expected: Expectation) -> Iterator[Failure]:
    try:
        _, found = find_directive(simulation, expected.directive or "")
    except Unclear as unclear:
        yield Failure(expected.places["directive"], unclear.text)
        return
    if found.state != expected.state:
        says = say("document {symbol} is expected to be {wanted}, and is {so}",
                   symbol=found.symbol, wanted=expected.state, so=found.state)  # fmt: skip
        yield Failure(expected.places["state"], says)


def _open_to(simulation: Simulation, expected: Expectation) -> Iterator[Failure]:
    assert expected.on is not None  # the reader asks for it
    assert expected.open_to is not None
    office, role = expected.open_to.split("/")
    for cascade, one in find(simulation, expected.on):
        asked = Act("", Actor(office, role), cascade, one.number, "")
        so = list(asked_of(simulation.world(cascade), asked, simulation.now))
        missing = [action for action in expected.actions if action not in so]
        wrong = [action for action in expected.closed if action in so]
        said = {"what": named(simulation, (cascade, one)), "seat": expected.open_to, "so": so or say("nothing")}
        if missing:
            says = say("{what}: {missing} is expected to be open to {seat}, and open is {so}", missing=missing, **said)
            yield Failure(expected.places["actions"], says)
        if wrong:
            says = say("{what}: {wrong} is expected not to be open to {seat}, and open is {so}", wrong=wrong, **said)
            yield Failure(expected.places["closed"], says)


# Messages


def _told(simulation: Simulation, expected: Expectation) -> Iterator[Failure]:
    named_so = list(_of_label(simulation, expected, expected.told or ""))
    for to in expected.to or ("",):
        if not any(_reaches(one, to) and _at(one, expected.at) for one in named_so):
            who = say(" to {seat}", seat=to) if to else ""
            when = say(" on {day}", day=when_words(expected.at)) if expected.at else ""
            so = _listed_messages(named_so) if named_so else _other_labels(simulation, expected.on)
            says = say(
                "{label} is expected to be told{who}{when}; {so}", label=repr(expected.told), who=who, when=when, so=so
            )
            yield Failure(expected.places["told"], says)


def _not_told(simulation: Simulation, expected: Expectation) -> Iterator[Failure]:
    found = [
        one
        for one in _of_label(simulation, expected, expected.not_told or "")
        if _at(one, expected.at) and any(_reaches(one, to) for to in expected.to or ("",))
    ]
    if found:
        says = say(
            "{label} is expected not to be told; {so}", label=repr(expected.not_told), so=_listed_messages(found)
        )
        yield Failure(expected.places["not_told"], says)


def _of_label(simulation: Simulation, expected: Expectation, label: str) -> Iterator[Message]:
    wanted = {(cascade, one.number) for cascade, one in find(simulation, expected.on)} if expected.on else None
    for message in messages_of(simulation.record):
        about_it = wanted is None or (message.cascade, message.obligation) in wanted
        if about_it and label.casefold() in names_of(simulation, message):
            yield message


def names_of(simulation: Simulation, message: Message) -> set[str]:
    """What a message may be called, in small letters: its kind, and the label of its rung in both languages."""
    names = {message.kind.casefold()}
    if message.rung and message.label and message.obligation:
        world = simulation.worlds[message.cascade]
        english = world.workflow_of(world.obligation(message.obligation)).definition.english
        rungs = english.rungs if message.of == "holder" else english.giver_rungs
        names.add(message.label.casefold())
        names |= {one.casefold() for one in rungs[message.rung - 1 : message.rung]}
    return names


def _reaches(message: Message, to: str) -> bool:
    seat = seat_of_text(to)
    return not to or (message.to.letter_to == to if seat is None else seat == (message.to.office, message.to.role))


def _at(message: Message, at: When | None) -> bool:
    if at is None:
        return True
    if isinstance(at, datetime):
        return message.at.replace(second=0, microsecond=0) == at
    return day_of(message.at) == at


def _listed_messages(found: Iterable[Message]) -> Text:
    each = list(found)
    parts = [
        say("{moment} to {seat}", moment=f"{one.at.astimezone(VIETNAM):%d/%m/%Y %H:%M}", seat=_addressee(one.to))
        for one in each[:_SHOWN_MAX]
    ]
    if len(each) > _SHOWN_MAX:
        parts.append(say("and {count} more", count=len(each) - _SHOWN_MAX))
    return say("it was told: {listed}", listed=joined(parts, "; "))


def _addressee(one: Addressee) -> str:
    return f"{one.office}/{one.role}" + (f" (→ {one.letter_to})" if one.letter_to else "")


def _other_labels(simulation: Simulation, on: On | None) -> Text:
    wanted = {(cascade, one.number) for cascade, one in find(simulation, on)} if on else None
    about = (one for one in messages_of(simulation.record) if wanted is None or (one.cascade, one.obligation) in wanted)
    labels = list(dict.fromkeys(one.label or one.kind for one in about))
    return say("what was told is: {labels}", labels=labels) if labels else say("nothing was told yet")


# Words


def _same(expected: When | None, so: datetime | None) -> bool:
    if expected is None or so is None:
        return expected is so
    return last_day(so) == expected if is_day(expected) else so == expected


def when_words(when: When | None) -> str:
    """A day or an instant as people write it; the end of a day is the day."""
    if when is None:
        return say("no date")
    if not isinstance(when, datetime):
        return f"{when:%d/%m/%Y}"
    day = last_day(when)
    return f"{day:%d/%m/%Y}" if when == day_end(day) else f"{when.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def occurs(part: str, text: str) -> bool:
    """Does a part occur in a text, said in either language, whatever the letters' case?"""
    wanted = " ".join(part.casefold().split())
    for language in ("en", "vi"):
        with speaking(language):
            if wanted in " ".join(told(text).casefold().split()):
                return True
    return False
