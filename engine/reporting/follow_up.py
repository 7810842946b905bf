"""The follow-up register of an office's incoming documents: decree 30/2020/NĐ-CP, appendix IV, seven columns.

A line for each unit that has what came in; where nothing was passed on, the office itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.exchange.document_types import name_of
from engine.reporting import periods
from engine.reporting.asked import Asked, Sources, shell
from engine.reporting.periods import label_words
from engine.reporting.report import Column, Data, Report, Row, Table
from engine.reporting.standing import days_late, office_words, progress_words
from engine.wording import PART_WORDS, by_when, mode_words
from storage.queries import heads, reports
from storage.queries.lines import ObligationLine
from storage.queries.reports import Arrived, Standing
from storage.queries.sight import Sight
from workflows.errors import Incomplete
from workflows.fields import show_day
from workflows.text import Text, joined, say

DITTO = "″"  # as the line above


def make(connection: Connection, sources: Sources, sight: Sight, at: datetime, asked: Asked) -> Report:
    """What came in to an office in a period, by the day it arrived. Raises Incomplete where no office is meant."""
    if asked.office is None:
        said = say("name the office whose register it is")
        raise Incomplete(say("make the follow-up register"), said, fields={"office": said})
    office, period = sources.offices.get(asked.office), asked.period or periods.month_of(at)
    came = reports.came_in(connection, at, sight, office.id, period.first, period.last + timedelta(days=1))
    below = reports.passed_on(connection, at, sight, [(line.cascade, line.number) for line, _, _ in came])
    calendars = reports.calendars(connection)
    rows: list[Row] = []
    before: tuple[str, int] | None = None
    for line, standing, document in came:
        units = [one for one in below.get((line.cascade, line.number), ()) if one[0].giver == office.id]
        for unit, how in units or [(line, standing)]:
            late = days_late(unit, how, at, sources, calendars[unit.cascade])
            data = {
                "no": len(rows) + 1,
                "again": (line.cascade, line.directive) == before,
                **_data(document, unit, how, late),
            }
            rows.append(Row(data, about=(unit.cascade, unit.number)))
            before = line.cascade, line.directive
    return shell(
        "follow-up", sources, at, office,
        tables=(Table("register", say("Register"), _columns(sources), tuple(rows)),),
        heads=heads.seen(connection, sight), period=period, asks=(office.name,),
        notes=(say("A document stands on the day it arrived, or else on its own; a line for each unit it was passed on to."),),
        then=say("No document came in to this office in that period. Name another period, or register what arrived."),
    )  # fmt: skip


def _data(document: Arrived, unit: ObligationLine, how: Standing, late: int) -> dict[str, object]:
    return {
        "document_cascade": document.cascade, "document": document.number, "arrival_number": document.arrival_number,
        "arrived_on": document.arrived_on, "type": document.type, "symbol": document.symbol, "issued_on": document.issued_on,
        "issuer": document.issuer, "subject": " ".join(document.subject.split()), "cascade": unit.cascade,
        "number": unit.number, "by_symbol": unit.symbol, "item": unit.label, "unit": unit.holder,
        "part": unit.part, "officer": unit.officer,
        "period": unit.period, "due_at": unit.due_at, "planned_for": unit.planned_for, "waits_for": unit.waits_for,
        "mode": unit.mode, "workflow": unit.workflow, "group": unit.group, "state": unit.state, "days_late": late,
        "waits": how.rested_at is not None, "answer": how.sent_as, "answered_at": unit.sent_at, "note": how.note,
    }  # fmt: skip


def _columns(sources: Sources) -> tuple[Column, ...]:
    unit = office_words(sources, "unit")
    issuer = office_words(sources, "issuer")

    def receiving(data: Data) -> str:
        said: Text | str = unit(data)
        if data["part"] != "lead":
            said = say("{office} ({part})", office=said, part=PART_WORDS.get(data["part"], data["part"]))
        return joined([said, data["officer"]]) if data["officer"] else said

    def document(data: Data) -> str:
        if data["again"]:
            return DITTO
        return say(
            "{type} {symbol} of {day}, {issuer}: {subject}", type=name_of(data["type"]) or data["type"], symbol=data["symbol"],
            day=show_day(data["issued_on"]), issuer=issuer(data), subject=data["subject"],
        )  # fmt: skip

    def arrival(data: Data) -> str:
        if data["again"]:
            return DITTO
        said = [data["arrival_number"] or "–"]
        return joined([*said, show_day(data["arrived_on"])], "\n") if data["arrived_on"] else said[0]

    def limit(data: Data) -> str:
        found = by_when(data["due_at"], data["planned_for"], data["waits_for"])
        if found != "-":
            return found
        return joined(
            [say("no date"), mode_words(sources.workflows.get(data["workflow"]).definition, data["mode"])], ": "
        )

    def progress(data: Data) -> str:
        return progress_words(data["group"], data["days_late"], data["waits"])

    def answer(data: Data) -> str:
        return data["answer"] or ""

    def note(data: Data) -> str:
        item = say("item {label}", label=data["item"])
        if data["by_symbol"] != data["symbol"]:
            item = say("{symbol}, item {label}", symbol=data["by_symbol"], label=data["item"])
        said = [item, label_words(data["period"]) if data["period"] else "", data["note"] or ""]
        return joined(filter(None, said), "; ")

    return (
        Column("arrival_number", say("Incoming no."), "text", 11, arrival),
        Column("symbol", say("Type, number and symbol, date and author of the document"), "text", 46, document),
        Column("unit", say("Receiving unit or person"), "text", 24, receiving),
        Column("due_at", say("Time limit"), "due", 14, limit),
        Column("group", say("Progress"), "text", 22, progress),
        Column("answer", say("Number and symbol of the answer"), "text", 16, answer),
        Column("note", say("Remarks"), "text", 18, note),
    )
