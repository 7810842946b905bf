"""Everything that can be asked of an installation, each prepared up to the moment before: what the faults are tried on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from engine import administration, calendars, hooks, office_changes, publishing
from engine.access import administering
from engine.access.gate import Gate
from engine.balance import carried_out
from engine.exchange.opening import Choices, read_opening
from engine.execute import Answer
from storage import uploads
from storage.directory import read_offices as directory_of
from tests.support.desk import Desk, task
from tests.support.lists import HEADERS, read, task_row, workbook
from tests.support.offices import DEPARTMENT, DIRECTOR, HOST_CLERK, PROVINCE, directory, seat
from workflows.calendar import Day
from workflows.calendar_text import shipped_calendar, to_text
from workflows.commands import Actor, Attach, ItemChange, Link
from workflows.directive import Attachment, Basis, cascade_id_of
from workflows.fields import parse_instant
from workflows.offices import Deputy

HEAD, UNIT = "department/leader", "unit-1/leader"
OUTSIDE = {"document": "9/CV", "happened_on": "2023-08-14"}
CALL = ('label: "Đôn đốc", ', 'label: "Đôn đốc", task: call, ')
JOIN = "join: {wait_for"
RENEWAL = (JOIN, f'renewal: {{day: "15/01"}}\n\n{JOIN}')
WAITS = {"due_form": "after_event", "due_rule": "3 days after event", "due_event": "the meeting"}
SECOND_ISSUED = 4  # the entry of the second directive, where the first one has one item and one lead
SAME, TOLD, REPEATED = "same", "told", "repeated"


@dataclass(frozen=True)
class Work:
    """`prepare` brings a desk to the moment before, `do` is what is asked.

    `again` says what the same thing asked a second time does: it answers the `same`, is `told` that it is so already, or
    is `repeated` as a deed of its own. Where it goes in several transactions, `finish` makes an interrupted one whole;
    where it `carries` commands to other cascades, one that fails is noted as an attempt of its message.
    """

    prepare: Callable[[Desk], object]
    do: Callable[[Desk], object]
    again: str = SAME
    finish: Callable[[Desk], object] | None = None
    carries: bool = False


def two_units(desk: Desk) -> None:
    """The province ordered the department (1), the department two units (2 and 3)."""
    desk.order("2023-08-25", "unit-1", "unit-2")


def alone(desk: Desk) -> None:
    """Work that no date above bounds."""
    desk.issue(DEPARTMENT, task("2023-08-25", "unit-1"))


def received(desk: Desk) -> None:
    two_units(desk)
    desk.act("unit-1/clerk", 2, "receive")


def reported(desk: Desk) -> None:
    two_units(desk)
    desk.report(2)


def last_reported(desk: Desk) -> None:
    reported(desk)
    desk.accept(2)
    desk.report(3)


def disputed(desk: Desk) -> None:
    two_units(desk)
    desk.act(UNIT, 2, "dispute", reason="Not ours")


def paused(desk: Desk) -> None:
    received(desk)
    desk.act(HEAD, 2, "pause", document="8/CV", until="2023-08-18", reason="A flood")


def stands(desk: Desk, mode: str = "periodic") -> None:
    desk.issue(DEPARTMENT, task(None, "unit-1", mode=mode))
    desk.act("unit-1/clerk", 1, "receive")
    desk.round()


def asked_for_time(desk: Desk) -> None:
    alone(desk)
    desk.act(UNIT, 1, "request_extension", until="2023-09-25", reason="Late data")


def countered(desk: Desk) -> None:
    asked_for_time(desk)
    desk.act(HEAD, 1, "counter_extension", until="2023-09-11", reason="Two weeks are enough")


def urged(desk: Desk) -> None:
    desk.publish(CALL)
    alone(desk)
    desk.at("2023-08-25T09:00").round()


def waiting_for_an_event(desk: Desk) -> None:
    desk.issue(DEPARTMENT, replace(task(None, "unit-1", "unit-2"), **WAITS))


def resting_on_two(desk: Desk) -> Desk:
    """Unit 1 works under a letter that carries two documents of the province further, in two cascades."""
    second = Desk(desk.runtime, name="second")
    desk.issue(PROVINCE, task("2023-09-29", DEPARTMENT), symbol="1/UBND")
    second.issue(PROVINCE, task("2023-10-13", DEPARTMENT), symbol="2/UBND")
    basis = Basis("implements", "2/UBND", cascade=second.cascade, obligation=1)
    desk.issue(DEPARTMENT, task("2023-09-15", "unit-1", under=1, bases=(basis,)), symbol="3/SKHCN")
    return second


def offering(desk: Desk) -> Desk:
    second = resting_on_two(desk)
    desk.report(2)
    desk.accept(2)
    return second


def offered(desk: Desk) -> None:
    """From here on the desk works on the second cascade, to which the report is offered."""
    second = offering(desk)
    desk.deliver()
    second.act("department/clerk", 1, "receive")
    desk.cascade = second.cascade


def ended_elsewhere(desk: Desk) -> None:
    second = resting_on_two(desk)
    desk.runtime.executor.execute([second.revoke(1, by=HOST_CLERK, happened_on="2023-08-14")])


def overdue(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1", "unit-2", "unit-3")
    desk.issue(DEPARTMENT, task(None, "unit-4", mode="periodic"))
    desk.at("2023-09-15T09:00")


def renewing(desk: Desk) -> None:
    desk.publish(RENEWAL)
    desk.issue(DEPARTMENT, task("2023-09-29", "unit-1", "unit-2"), symbol="05/KH-SKHCN")
    desk.at("2024-01-15T09:00")


def renewed(desk: Desk) -> None:
    renewing(desk)
    desk.round()


def act(who: str, number: int, action: str, **fields: str) -> Callable[[Desk], Answer]:
    return lambda desk: desk.act(who, number, action, **fields)


FILE = b"%PDF-1.4 the evidence"


def with_a_file(desk: Desk) -> None:
    """A file that was handed in, and that no entry names yet."""
    two_units(desk)
    with desk.runtime.database.transaction() as connection:
        uploads.put(connection, "an", "pdf", FILE, desk.runtime.now())


def attach(desk: Desk) -> Answer:
    file = Attachment("files", sha256(FILE).hexdigest(), "minh-chung.pdf", len(FILE), "pdf")
    [answer] = desk.runtime.executor.execute([Attach(desk.next_id(), seat("unit-1/clerk"), desk.cascade, (file,), 2)])
    return answer


OFFER = f"{cascade_id_of('command-1')}/2"  # the report under the letter, in the first cascade that a desk opens


def take_offer(desk: Desk) -> Answer:
    return desk.act(HEAD, 1, "take_offer", offer=OFFER)


def decline_offer(desk: Desk) -> Answer:
    return desk.act(HEAD, 1, "decline_offer", offer=OFFER, reason="It leaves out 2022")


def revoke(directive: int, by: str) -> Callable[[Desk], list[Answer]]:
    return lambda desk: desk.runtime.executor.execute(
        [desk.revoke(directive, by=seat(by), happened_on="2023-08-14" if directive == 1 else None)]
    )


def correct_the_subject(desk: Desk) -> Answer:
    return desk.correct(HEAD, SECOND_ISSUED, "subject", "Tasks of August")


def link(desk: Desk) -> list[Answer]:
    found = Basis("cites", "17/QĐ-TTg")
    return desk.runtime.executor.execute([Link(desk.next_id(), seat("department/clerk"), desk.cascade, 2, 1, found)])


def batch(desk: Desk) -> list[Answer]:
    return desk.runtime.executor.execute([
        desk.asks("unit-1/clerk", 2, "receive"),
        desk.asks(UNIT, 2, "report", symbol="1/BC", sent_on="2023-08-14"),
        desk.asks(HEAD, 2, "accept"),
    ])  # fmt: skip


def go_on(desk: Desk) -> None:
    """The claim of a delivery that failed is over after two minutes, its first pause after one: what waits is sent."""
    for _ in range(3):
        desk.runtime.move_to(desk.runtime.now() + timedelta(minutes=10))
        desk.deliver()


def import_list(desk: Desk) -> object:
    with desk.runtime.database.reading() as connection:
        known = desk.runtime.executor.known(connection)
    table = read(workbook(HEADERS, *(task_row(number) for number in range(1, 4))))
    opening = read_opening(table, known.offices, known.workflows, Choices(HOST_CLERK))
    stored = carried_out(desk.runtime.executor, opening.documents, "tasks", lambda: None)
    return stored.answers, stored.problems


COMMANDS: Mapping[str, Work] = {
    "issue a root directive": Work(lambda _: None, lambda desk: desk.issue(PROVINCE, task("2023-08-25", DEPARTMENT))),
    "pass an obligation on": Work(
        two_units, lambda desk: desk.issue(DEPARTMENT, task("2023-08-24", "unit-4", "unit-5", under=1))
    ),
    "pass on by a direction": Work(two_units, lambda desk: desk.endorse(HEAD, 1, "unit-4", due="2023-08-24")),
    "replace a directive": Work(
        two_units,
        lambda desk: desk.replacing(2, DEPARTMENT, task("2023-08-24", "unit-1", "unit-3", under=1), symbol="7/CV"),
    ),
    "three in a batch": Work(two_units, batch),
    "receive": Work(two_units, act("unit-1/clerk", 2, "receive")),
    "update": Work(received, act("unit-1/officer", 2, "update", note="Half of it")),
    "report": Work(received, act(UNIT, 2, "report", symbol="1/BC", sent_on="2023-08-14")),
    "accept": Work(reported, act(HEAD, 2, "accept")),
    "accept the last one and join": Work(last_reported, act(HEAD, 3, "accept")),
    "redo": Work(reported, act(HEAD, 2, "redo", reason="Not enough")),
    "dispute": Work(two_units, act(UNIT, 2, "dispute", reason="Not ours")),
    "insist": Work(disputed, act(HEAD, 2, "insist", reason="It is")),
    "reassign": Work(disputed, act(HEAD, 2, "reassign", new_holder="unit-5")),
    "stop": Work(two_units, act(HEAD, 2, "stop", document="9/CV", reason="Over")),
    "stop a whole tree": Work(two_units, act("department/clerk", 1, "stop", reason="Over", **OUTSIDE)),
    "close": Work(two_units, act(HEAD, 2, "close", reason="Nobody can")),
    "pause": Work(received, act(HEAD, 2, "pause", document="8/CV", until="2023-08-18", reason="A flood")),
    "resume": Work(paused, act(HEAD, 2, "resume", reason="It is over")),
    "conclude": Work(stands, act(HEAD, 1, "conclude")),
    "acknowledge": Work(urged, act(UNIT, 1, "acknowledge")),
    "request an extension": Work(alone, act(UNIT, 1, "request_extension", until="2023-09-25", reason="Late data")),
    "grant an extension": Work(asked_for_time, act(HEAD, 1, "grant_extension")),
    "refuse an extension": Work(asked_for_time, act(HEAD, 1, "refuse_extension", reason="No")),
    "counter an extension": Work(
        asked_for_time, act(HEAD, 1, "counter_extension", until="2023-09-11", reason="Two weeks are enough")
    ),
    "accept a counter": Work(countered, act(UNIT, 1, "accept_counter")),
    "withdraw an extension": Work(asked_for_time, act(UNIT, 1, "withdraw_extension")),
    "urge": Work(two_units, act(HEAD, 2, "urge", document="88/SKHCN-VP")),
    "take an offer": Work(offered, take_offer),
    "decline an offer": Work(offered, decline_offer),
    "open an event": Work(
        lambda desk: stands(desk, "on_event"),
        act("unit-1/officer", 1, "open_event", event_on="2023-08-14", note="One file late"),
    ),
    "carry over": Work(lambda desk: (stands(desk), desk.at("2023-12-18T10:00").round()), act(HEAD, 1, "carry_over")),
    "name the officer": Work(two_units, act(UNIT, 2, "name_officer", officer="Officer of records")),
    "record a task": Work(
        urged, act(UNIT, 1, "record_task", task="2.1", done_on="2023-08-25", note="Promised for Monday")
    ),
    "set the day of an event": Work(
        waiting_for_an_event, act("unit-1/clerk", 1, "set_event_day", event_on="2023-08-14")
    ),
    "revoke a directive": Work(two_units, revoke(2, HEAD)),
    "revoke a whole tree": Work(two_units, revoke(1, "department/clerk")),
    "attach a file": Work(with_a_file, attach),
    "amend": Work(two_units, lambda desk: desk.amend(2, ItemChange(1, due=parse_instant("2023-08-24")), by=seat(HEAD))),
    "link": Work(two_units, link),
    "correct": Work(two_units, correct_the_subject),
}  # fmt: skip


def another_calendar(desk: Desk) -> None:
    """One that running cascades have still to follow."""
    with desk.runtime.database.transaction() as connection:
        calendars.publish(
            connection, WITH_ONE_DAY_MORE, "vn-public", "As decided", ["12/TB"], desk.runtime.now(), DIRECTOR
        )


ROUNDS: Mapping[str, Work] = {
    "a round": Work(overdue, lambda desk: desk.round().more, finish=Desk.round),
    "a round that renews": Work(renewing, lambda desk: desk.round().more, finish=Desk.round),
    "deliver messages": Work(two_units, Desk.deliver, finish=go_on),
    "deliver an offer": Work(offering, Desk.deliver, finish=go_on, carries=True),
    "deliver an end": Work(ended_elsewhere, Desk.deliver, finish=go_on, carries=True),
    "deliver the next year": Work(renewed, Desk.deliver, finish=go_on, carries=True),
    "import a list of tasks": Work(lambda _: None, import_list),
    "a calendar that is followed": Work(
        lambda desk: (two_units(desk), another_calendar(desk)),
        lambda desk: desk.runtime.campaigns.run().more,
        finish=lambda desk: desk.runtime.campaigns.run(),
    ),
}


def deed(do: Callable[..., Any], *given: Any) -> Callable[[Desk], object]:
    """What an administrator does, in a transaction as the commands have it."""

    def done(desk: Desk) -> None:
        with desk.runtime.database.transaction() as connection:
            do(connection, *given, desk.runtime.now(), DIRECTOR)

    return done


def publish(desk: Desk) -> None:
    desk.publish(RENEWAL)


def retired(desk: Desk) -> None:
    deed(publishing.retire, "government-notice", "A new one")(desk)


def subscribed(connection: Connection, now: datetime, by: Actor) -> None:
    hooks.subscribe(connection, directory_of(connection), ("hook", "https://example.vn/"), [], [], now, by)


def with_account(*more: Callable[..., Any]) -> Callable[[Desk], None]:
    """An account of unit 1's clerk, and what else was done to it."""

    def prepared(desk: Desk) -> None:
        two_units(desk)
        deed(administering.add_account, "an", "An", [("unit-1", "clerk")], [])(desk)
        for do in more:
            do(desk)

    return prepared


def gate(desk: Desk) -> Gate:
    """By the desk's own clock, so that every try writes the same."""
    return Gate(desk.runtime.database, desk.runtime.clock, real=desk.runtime.clock.now)


def with_token(desk: Desk) -> None:
    gate(desk).tokens.make("an", "Calendar", "feed", by=DIRECTOR)


def revoke_token(desk: Desk) -> None:
    tokens = gate(desk).tokens
    tokens.revoke(tokens.listed("an")[0].id, by=DIRECTOR)


WITH_ONE_DAY_MORE = to_text(
    calendars.with_day(shipped_calendar(), Day(date(2023, 8, 17), working=False, name="Nghỉ", document="12/TB"))
)
NEW_OFFICE = {"name": "Unit 9", "level": "unit", "above": DEPARTMENT}
DEEDS: Mapping[str, Work] = {
    "publish a workflow": Work(two_units, publish, again=TOLD),
    "retire a workflow": Work(two_units, deed(publishing.retire, "government-notice", "A new one"), again=TOLD),
    "take a workflow back": Work(
        lambda desk: (two_units(desk), retired(desk)),
        deed(publishing.unretire, "government-notice", "A mistake"),
        again=TOLD,
    ),
    "ask for two persons": Work(two_units, deed(publishing.require_two_persons, True, "So it is decided"), again=TOLD),
    "publish a calendar": Work(
        two_units, deed(calendars.publish, WITH_ONE_DAY_MORE, "vn-public", "As decided", ["12/TB"]), again=TOLD
    ),
    "change who stands in": Work(
        two_units,
        deed(office_changes.add_deputy, DEPARTMENT, Deputy("leader", "unit-1/leader", date(2023, 8, 21))),
        again=TOLD,
    ),
    "import the offices": Work(two_units, deed(administration.import_offices, directory(9)), again=REPEATED),
    "add an office": Work(two_units, deed(administration.add_office, "unit-9", NEW_OFFICE), again=TOLD),
    "add an account": Work(
        two_units, deed(administering.add_account, "an", "An", [("unit-1", "clerk")], ["auditor"]), again=TOLD
    ),
    "give a seat": Work(with_account(), deed(administering.give_seat, "an", ("unit-2", "leader")), again=TOLD),
    "take a seat": Work(with_account(), deed(administering.take_seat, "an", ("unit-1", "clerk")), again=TOLD),
    "disable an account": Work(with_account(), deed(administering.disable, "an", "Has left"), again=TOLD),
    "enable an account": Work(
        with_account(deed(administering.disable, "an", "Has left")), deed(administering.enable, "an"), again=TOLD
    ),
    "unlock a name": Work(with_account(), deed(administering.unlock, "an"), again=REPEATED),
    "give a password": Work(with_account(), deed(administering.set_password, "an", "a hash"), again=REPEATED),
    "revoke a token": Work(with_account(with_token), revoke_token, again=TOLD),
    "subscribe by webhook": Work(two_units, deed(subscribed), again=TOLD),
    "unsubscribe": Work(
        lambda desk: (two_units(desk), deed(subscribed)(desk)), deed(hooks.unsubscribe, "hook"), again=TOLD
    ),
    "move simulated time": Work(two_units, lambda desk: desk.runtime.move_to(parse_instant("2023-08-15T09:00"))),
}
