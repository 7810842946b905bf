"""What is overdue at a moment: how late, whose, its first and its present date, why, and what is proposed."""

from datetime import datetime

from sqlalchemy import Connection

from engine.reporting import reasons as why
from engine.reporting.asked import Asked, Sources, shell
from engine.reporting.report import Column, Data, Report, Row, Table
from engine.reporting.standing import (
    calendars_named,
    days_late,
    document_words,
    holder_words,
    named,
    office_words,
    task_words,
)
from engine.wording import PART_WORDS
from storage.queries import heads, reports
from storage.queries.filters import Wanted
from storage.queries.sight import Sight
from workflows.text import joined, say


def make(connection: Connection, sources: Sources, sight: Sight, at: datetime, asked: Asked) -> Report:
    """Everything that is overdue and seen, or what an office and those below it owe; the longest overdue first."""
    top = sources.offices.get(asked.office) if asked.office else None
    wanted = Wanted(
        office=top.id if top else None, below=top is not None, groups=("open_overdue",), part=asked.part,
        due_from=asked.period.since if asked.period else None, due_to=asked.period.until if asked.period else None,
    )  # fmt: skip
    found = reports.lines_of(connection, at, sight, wanted)
    calendars = reports.calendars(connection)
    said = reports.said_about(connection, [(line.cascade, line.number) for line, _ in found])
    rows = []
    for place, (line, standing) in enumerate(found, 1):
        known = why.reasons(said.get((line.cascade, line.number), ()), line.holder)
        data = {
            "no": place, **named(line, standing), "first_due_at": standing.first_due_at or line.due_at, "due_at": line.due_at,
            "extensions": standing.extensions, "days_late": days_late(line, standing, at, sources, calendars[line.cascade]),
            "calendar": calendars[line.cascade], "waits": standing.rested_at is not None, "sent_as": standing.sent_as,
            "cause": known.cause, "cause_from": known.cause_from, "cause_on": known.cause_on, "asks_until": known.asks_until,
            "answer": known.answer, "urged_by": known.urged_by, "urged_on": known.urged_on,
        }  # fmt: skip
        rows.append(Row(data, about=(line.cascade, line.number)))
    asks = [top.name if top else say("everything that is seen")]
    if asked.part:
        asks.append(say("only: {part}", part=PART_WORDS[asked.part]))
    if asked.period:
        asks.append(
            say(
                "due from {first} to {last}",
                first=f"{asked.period.first:%d/%m/%Y}",
                last=f"{asked.period.last:%d/%m/%Y}",
            )
        )
    by = calendars_named(calendars, {line.cascade for line, _ in found})
    notes = [
        say("A report that is late gives its cause. Until there is one the cause is the reason of the newest request for"
            " another date, else what the office that owes it wrote last, else what was noted of a call, a visit or a letter;"
            " where the cell is empty, nobody has written one. The proposal is the newest date asked for, and what became"
            " of it."),
    ]  # fmt: skip
    if by:
        notes.insert(0, say("Days late are working days by the calendar {calendars}.", calendars=by))
    return shell(
        "overdue", sources, at, top,
        tables=(Table("overdue", say("Overdue"), _columns(sources), tuple(rows)),),
        heads=heads.seen(connection, sight), period=asked.period, asks=tuple(asks), notes=tuple(notes),
        then=say("Nothing is overdue there. What falls due next stands in the list of obligations, the nearest date first."),
    )  # fmt: skip


def _columns(sources: Sources) -> tuple[Column, ...]:
    return (
        Column("no", say("No."), "number", 5),
        Column("symbol", say("Symbol and date of the document"), "text", 15, document_words),
        Column("text", say("Task"), "text", 34, task_words),
        Column("holder", say("Owed by"), "text", 18, holder_words(sources)),
        Column("giver", say("Given by"), "text", 16, office_words(sources, "giver")),
        Column("first_due_at", say("First date"), "due", 11),
        Column("due_at", say("Present date"), "due", 11),
        Column("days_late", say("Days late"), "number", 7),
        Column(
            "cause",
            say("Cause"),
            "text",
            24,
            lambda data: why.cause_words(data["cause"], data["cause_from"], data["cause_on"]),
        ),
        Column(
            "asks_until",
            say("Proposal"),
            "text",
            18,
            lambda data: why.proposal_words(data["asks_until"], data["answer"]),
        ),
        Column("urged_by", say("Remarks"), "text", 18, _note),
    )


def _note(data: Data) -> str:
    said = [why.urged_words(data["urged_by"], data["urged_on"])]
    if data["waits"]:
        said.append(say("reported by {document}, waits for an answer", document=data["sent_as"]) if data["sent_as"]
                    else say("its giver has to answer"))  # fmt: skip
    return joined(filter(None, said), "; ")
