"""Who has not yet reported under a document, one of its items, or for a period: what each owes, since when, and what was told
already; and one letter to all of them."""

from datetime import date, datetime

from sqlalchemy import Connection

from engine.exchange.document_types import name_of
from engine.exchange.letters import Owed, UrgingOfMany
from engine.language import speaking, told
from engine.reporting import reasons as why
from engine.reporting.asked import Asked, Sources, shell
from engine.reporting.periods import label_words
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
from engine.wording import by_when, day_words
from storage.queries import heads, obligations, registers, reports
from storage.queries.sight import Sight
from workflows.calendar import day_of, last_day
from workflows.errors import Incomplete, Unmet
from workflows.fields import show_day
from workflows.offices import Office
from workflows.text import joined, say, say_count

_ITEMS_MAX = 10_000


def make(connection: Connection, sources: Sources, sight: Sight, at: datetime, asked: Asked) -> Report:
    """Those that are seen, the longest overdue first. Raises Incomplete where neither a document nor a period is named."""
    if asked.document is None and not asked.form_period:
        said = say(
            "name the document that they have not reported under, or the period that reports are made for, such as 2023-Q3"
        )
        raise Incomplete(say("make the list of who is to be urged"), said, fields={"document": said})
    cascade, number = asked.document or (None, None)
    found = reports.unreported(connection, at, sight, cascade, number, asked.item, asked.form_period)
    if asked.overdue:
        found = [one for one in found if one[0].group == "open_overdue"]
    top = sources.offices.get(asked.office) if asked.office else None
    if top:
        within = {
            one.id for one in sources.offices if any(above.id == top.id for above in sources.offices.way_up(one.id))
        }
        found = [one for one in found if one[0].holder in within]
    calendars = reports.calendars(connection)
    said_about = reports.said_about(connection, [(line.cascade, line.number) for line, _ in found], rungs=True)
    rows = []
    for place, (line, standing) in enumerate(found, 1):
        known = why.reasons(said_about.get((line.cascade, line.number), ()), line.holder)
        data = {
            "no": place, **named(line, standing), "workflow": line.workflow, "officer": line.officer,
            "assigned_at": standing.assigned_at, "assigned_on": day_of(standing.assigned_at), "due_at": line.due_at,
            "planned_for": line.planned_for, "waits_for": line.waits_for,
            "days_late": days_late(line, standing, at, sources, calendars[line.cascade]),
            "overdue": line.group == "open_overdue",
            "told": [{"rung": one.rung, "of": one.of, "label": one.label, "on": one.on} for one in known.told],
            "urged_by": known.urged_by, "urged_on": known.urged_on,
        }  # fmt: skip
        rows.append(Row(data, about=(line.cascade, line.number)))
    by = calendars_named(calendars, {line.cascade for line, _ in found})
    notes = [say("What rests with its giver, who has to answer first, or is paused, is not urged.")]
    if by:
        notes.insert(0, say("Days late are working days by the calendar {calendars}.", calendars=by))
    if rows:
        offices = len({row.data["holder"] for row in rows})
        notes.insert(0, joined([say_count("{count} report is missing", "{count} reports are missing", len(rows)),
                                say_count("of {count} office", "of {count} offices", offices)], " "))  # fmt: skip
    return shell(
        "urging", sources, at, _issuer(connection, sources, sight, asked) or top,
        tables=(Table("unreported", say("Who has not reported"), _columns(sources), tuple(rows)),),
        heads=heads.of(connection, cascade) if cascade else heads.seen(connection, sight),
        asks=tuple(_asks(connection, sight, asked)), notes=tuple(notes),
        then=say("Nobody owes a report there now. What rests waits for its giver: see who has to answer under My work."),
    )  # fmt: skip


def letter(connection: Connection, sources: Sources, sight: Sight, asked: Asked, report: Report) -> UrgingOfMany:
    """The letter to all who stand in the list, from whoever issued the document. Raises Unmet where nobody does."""
    drafting = say("draft an urging letter")
    if asked.document is None:
        said = say("a letter urges under one document; name it")
        raise Incomplete(drafting, said, fields={"document": said})
    document = registers.find(connection, sight, *asked.document)
    [table] = report.tables
    if document is None or not table.rows:
        raise Unmet(drafting, say("nobody owes a report there now"))
    names = office_words(sources, "holder")
    issuer = sources.offices.get(document.issuer)
    if issuer.outside:
        raise Unmet(
            drafting, say("{office} does not use this installation, and writes its own letters", office=issuer.name)
        )
    above = sources.offices.find(issuer.above)
    kind = name_of(document.type) or "Văn bản"
    with speaking("vi"):
        owed = tuple(
            Owed(names(one), one["item"], one["text"], told(day_words(one["due_at"])) if one["due_at"] else None,
                 one["days_late"], told(label_words(one["period"])) if one["period"] else None)
            for one in (row.data for row in table.rows)
        )  # fmt: skip
    return UrgingOfMany(
        issuer=issuer.name,
        above=above.name if above else None,
        series=document.symbol.partition("/")[2],
        symbol=document.symbol,
        document=f"{kind} số {document.symbol} ngày {show_day(document.issued_on)} của {issuer.name}",
        owed=owed,
        today=last_day(report.at),
    )  # fmt: skip


def may_be_drafted(connection: Connection, sources: Sources, sight: Sight, asked: Asked, report: Report) -> bool:
    """Is there a letter to draft: under one document of an office of this installation, and to somebody?"""
    return not report.empty and _issuer(connection, sources, sight, asked) is not None


def _issuer(connection: Connection, sources: Sources, sight: Sight, asked: Asked) -> Office | None:
    found = registers.find(connection, sight, *asked.document) if asked.document else None
    issuer = sources.offices.find(found.issuer) if found else None
    return issuer if issuer and not issuer.outside else None


def _asks(connection: Connection, sight: Sight, asked: Asked) -> list[str]:
    said: list[str] = []
    if asked.document:
        document = registers.find(connection, sight, *asked.document)
        if document:
            said.append(
                say(
                    "under {symbol} of {day}: {subject}",
                    symbol=document.symbol,
                    day=show_day(document.issued_on),
                    subject=document.subject,
                )
            )
        if asked.item is not None:
            items = obligations.items(connection, asked.document[0], _ITEMS_MAX, asked.document[1])
            said += [say("item {label}", label=one.label) for one in items if one.number == asked.item]
    if asked.overdue:
        said.append(say("only what is overdue"))
    if asked.form_period:
        said.append(say("reports for {period}", period=asked.form_period))
    return said


def _columns(sources: Sources) -> tuple[Column, ...]:
    def told(data: Data) -> str:
        workflow = data["workflow"]
        definition = sources.workflows.get(workflow).definition
        rungs = [why.Told(one["rung"], one["of"], one["label"], one["on"]) for one in data["told"]]
        said = [say("{rung} on {day}", rung=why.rung_label(definition, one), day=_day(one.on)) for one in rungs]
        return joined(said, "; ") if said else say("nothing yet")

    def officer(data: Data) -> str:  # the directory's is no part of the data: who sits there is known of today alone
        return data["officer"] or sources.offices.holder(data["holder"], "officer") or ""

    def due(data: Data) -> str:
        found = by_when(data["due_at"], data["planned_for"], data["waits_for"])
        return say("no date") if found == "-" else found

    return (
        Column("no", say("No."), "number", 5),
        Column("holder", say("Office"), "text", 24, holder_words(sources)),
        Column("officer", say("Officer"), "text", 16, officer),
        Column("symbol", say("Symbol and date of the document"), "text", 16, document_words),
        Column("text", say("What it owes"), "text", 38, task_words),
        Column("assigned_on", say("Owed since"), "day", 11),
        Column("due_at", say("Due"), "due", 12, due),
        Column("days_late", say("Days late"), "number", 7),
        Column("told", say("Told already"), "text", 32, told),
        Column(
            "urged_by", say("Letters"), "text", 18, lambda data: why.urged_words(data["urged_by"], data["urged_on"])
        ),
    )


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"
