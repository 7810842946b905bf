"""Why something is late, as the entries about it say: what goes first, and entries that cannot be read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from engine.language import told
from engine.reporting.reasons import cause_words, proposal_words, reasons, urged_words
from storage.queries.reports import Said

BEGAN = datetime(2023, 8, 14, 2, tzinfo=UTC)
UNTIL = "2023-09-15T17:00:00Z"


def said(day: int, kind: str, fact: Any, office: str = "vp", **by: str) -> Said:
    body = orjson.dumps({"by": {"office": office, **by}, "fact": fact}).decode()
    return Said(kind, day, office, BEGAN + timedelta(days=day), body)


def acted(day: int, *fields: tuple[str, str], office: str = "vp", **by: str) -> Said:
    return said(day, "Acted", {"action": "report", "fields": [list(one) for one in fields]}, office, **by)


ASKED = said(1, "ExtensionRequested", {"request": {"until": UNTIL, "reason": "Chờ  số liệu"}})
CALLED = said(2, "TaskRecorded", {"note": "Hẹn thứ sáu"}, "skhcn")


def test_the_cause_that_a_report_gave_goes_before_all_others_and_the_newest_before_an_older_one() -> None:
    entries = [acted(0, ("reason", "Nhầm đơn vị")), ASKED, CALLED]
    assert reasons([CALLED], "vp").cause_from == "task"
    assert reasons(entries[:1], "vp").cause == "Nhầm đơn vị"
    found = reasons(entries, "vp")
    assert (found.cause, found.cause_from, found.cause_on) == ("Chờ số liệu", "request", date(2023, 8, 15))
    late = [*entries, acted(3, ("cause", "Mất điện")), acted(4, ("cause", "Bão"))]
    assert (reasons(late, "vp").cause, reasons(late, "vp").cause_from) == ("Bão", "report")


def test_what_the_giver_wrote_is_no_cause_but_what_a_clerk_records_for_the_holder_is() -> None:
    assert reasons([acted(1, ("reason", "Làm lại"), office="skhcn")], "vp").cause is None
    assert reasons([acted(1, ("reason", "Bận"), office="skhcn", acting_for="vp")], "vp").cause == "Bận"


@pytest.mark.parametrize("answer", ["ExtensionGranted", "ExtensionRefused", "ExtensionCountered", "ExtensionWithdrawn"])
def test_the_proposal_is_the_newest_date_asked_for_and_what_became_of_it(answer: str) -> None:
    found = reasons([ASKED], "vp")
    assert (found.asks_until, found.answer) == (date(2023, 9, 15), "waits")
    found = reasons([ASKED, said(2, answer, {"until": UNTIL, "reason": "no"})], "vp")
    assert (found.asks_until, found.answer) == (date(2023, 9, 15), answer)
    assert told(proposal_words(found.asks_until, found.answer)).startswith("Another date, 15/09/2023: ")


def test_rungs_and_letters_are_told_in_their_order() -> None:
    rungs = [said(day, "RungReached", {"rung": day, "label": f"Nấc {day}"}) for day in (1, 2)]
    found = reasons([*rungs, said(3, "Urged", {"document": "9/CV"})], "vp")
    assert [(one.rung, one.of, one.label, one.on.day) for one in found.told] == [
        (1, "holder", "Nấc 1", 15),
        (2, "holder", "Nấc 2", 16),
    ]
    assert told(urged_words(found.urged_by, found.urged_on)) == "urged by 9/CV on 17/08/2023"


UNREADABLE = [
    "", "[]", "{}", '{"fact":1}', '{"fact":{"request":7,"fields":"x","rung":"y"},"by":3}',
    '{"fact":{"request":{"until":"never","reason":4},"fields":[["reason"],7],"document":5}}',
]  # fmt: skip
KINDS = ["Acted", "ExtensionRequested", "ExtensionRefused", "Urged", "RungReached", "TaskRecorded"]


@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_that_cannot_be_read_gives_nothing_and_stops_nothing(kind: str, body: str) -> None:
    found = reasons([Said(kind, 1, "vp", BEGAN, body), ASKED], "vp")
    assert (found.cause, found.asks_until) == ("Chờ số liệu", date(2023, 9, 15))


def test_nothing_is_said_where_nobody_wrote_anything() -> None:
    found = reasons([], "vp")
    assert cause_words(found.cause, found.cause_from, found.cause_on) == ""
    assert proposal_words(found.asks_until, found.answer) == urged_words(found.urged_by, found.urged_on) == ""
