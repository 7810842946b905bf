"""What a report is asked for, and what it is made with beside the rows: the same for every report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.execute import Known as Rules
from engine.reporting.periods import Period
from engine.reporting.report import Known, Report
from storage.as_of import Past
from workflows.calendar import Calendar, day_of
from workflows.offices import Office, Offices
from workflows.text import Text, say
from workflows.workflow import Workflows

KINDS: Mapping[str, Text] = {
    "four-groups": say("Results of assigned tasks"),
    "follow-up": say("Follow-up register of incoming documents"),
    "overdue": say("List of overdue tasks"),
    "urging": say("List of offices to be urged"),
}
SAYS: Mapping[str, Text] = {
    "four-groups": say("how what was at hand in a period stands, per office and level, in groups that add up"),
    "follow-up": say(
        "what came in to an office by a document, which unit has it, by when, how it stands, what answered it"
    ),
    "overdue": say("what is overdue, by how many working days, why, and what is proposed"),
    "urging": say("who has not yet reported under a document, what each owes, what was told already; and the letter"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; not every report asks for all. `office` takes those below it as well; `every`: each office by itself.
    `document` is a cascade and the number of its directive, `item` one of its items, `form_period` the label of a period that
    reports are made for; `overdue`: only what is."""

    office: str | None = None
    period: Period | None = None
    part: str | None = None
    every: bool = False
    document: tuple[str, int] | None = None
    item: int | None = None
    form_period: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """The rules of the moment that a report is of, of which record it is, and what is not known of that moment."""

    offices: Offices
    workflows: Workflows
    calendars: Mapping[str, Calendar]
    known: Known = "now"
    unknown: tuple[Text, ...] = ()

    @classmethod
    def of(cls, rules: Rules, at: datetime, past: Past | None = None) -> "Sources":
        """Of the rules of a record: that of now, or a past one."""
        known: Known = "now" if past is None else "corrected" if past.corrected else "then"
        return cls(rules.offices.on(day_of(at)), rules.workflows, rules.calendars, known, past.unknown if past else ())


def shell(
    kind: str, sources: Sources, at: datetime, office: Office | None, notes: Iterable[Text] = (), **more: Any
) -> Report:
    """A report with what all have in common. It is the office's that it is about, else that of the installation's host."""
    issuer = office or sources.offices.host
    return Report(
        kind, KINDS[kind], issuer.id if issuer else "", sources.offices, at, sources.known,
        notes=(*notes, *sources.unknown), **more,
    )  # fmt: skip
