"""Files enter the journal by their sha256, are kept with their entry or not at all, and are proved. On both databases."""

from datetime import timedelta

import pytest

from engine.scheduler.uploads import UploadRound
from storage import bulk, documents, uploads
from storage.queries import kept_files
from storage.verification import verify
from tests.support.desk import Desk
from tests.support.offices import seat
from workflows.attachments import FILES_MAX
from workflows.commands import Act, Attach
from workflows.directive import Attachment
from workflows.errors import Incomplete, NotYours, Refused, Unmet
from workflows.light import replace

ASKS = (
    "ask: {symbol: document, sent_on: date}, ask_if_late",
    "ask: {symbol: document, sent_on: date, evidence: attachment}, ask_if_late",
)
CONTENT = b"%PDF-1.4 the evidence"


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A notice whose report asks for evidence; obligation 2 is unit 1's, received."""
    desk.publish(ASKS).order("2023-08-21", "unit-1", "unit-2")
    desk.act("unit-1/clerk", 2, "receive")
    return desk


def handed_in(
    office: Desk, content: bytes = CONTENT, field: str = "evidence", name: str = "minh-chung.pdf"
) -> Attachment:
    with office.runtime.database.transaction() as connection:
        one = uploads.put(connection, "an", "pdf", content, office.runtime.now())
    return Attachment(field, one.digest, name, one.size, one.kind)


def report(office: Desk, *files: Attachment, **fields: str) -> Act:
    given = {"symbol": "16/BC", "sent_on": "14/08/2023", **fields}
    return replace(office.asks("unit-1/leader", 2, "report", **given), attachments=files)


def counts(office: Desk) -> tuple[int, int]:
    """How many originals there are, and how many files wait with their content."""
    with office.runtime.database.reading() as connection:
        [(kept,)] = bulk.read(connection, "SELECT count(*) FROM document")
        [(waiting,)] = bulk.read(connection, "SELECT count(*) FROM upload WHERE length(content) > 0")
    return int(kept), int(waiting)


def test_a_report_takes_its_evidence_into_the_chain_and_keeps_it_in_one_transaction(office: Desk) -> None:
    file, beside = handed_in(office), handed_in(office, CONTENT + b"2", "files", "phụ lục.pdf")
    office.runtime.executor.execute([report(office, file, beside)])
    assert office[2].state == "reported"
    [entry] = office.entries("Attached")
    assert (entry.obligation, entry.fact.action, entry.fact.files) == (2, "report", (file, beside))
    [acted] = [one for one in office.entries("Acted", about=2) if one.fact.action == "report"]
    assert dict(acted.fact.fields)["evidence"] == "minh-chung.pdf"
    with office.runtime.database.reading() as connection:
        assert documents.get(connection, file.digest).content == CONTENT
        assert [(one.file, one.place) for one in kept_files.of_obligation(connection, office.cascade, 2)] == [
            (file, 1), (beside, 2),
        ]  # fmt: skip
        assert kept_files.of_obligation(connection, office.cascade, 3) == []
        assert verify(connection).verified


def test_evidence_is_missing_without_a_file_and_paper_may_be_named_in_words(office: Desk) -> None:
    with pytest.raises(Incomplete, match="evidence"):
        office.runtime.executor.execute([report(office)])
    office.runtime.executor.execute([report(office, evidence="Hồ sơ giấy số 12")])
    assert office.entries("Attached") == []


def test_a_refused_command_keeps_nothing_and_the_same_form_twice_is_one_act(office: Desk) -> None:
    file = handed_in(office)
    with pytest.raises(Incomplete):
        office.runtime.executor.execute([report(office, file, sent_on="30/08/2023")])
    assert counts(office) == (0, 1)
    asked = report(office, file)
    [first] = office.runtime.executor.execute([asked])
    with office.runtime.database.transaction() as connection:
        uploads.named(connection, "an", [file.digest])
        assert uploads.find(connection, "an", file.digest) == uploads.Waiting(file.digest, "pdf", len(CONTENT))
    assert counts(office) == (1, 0)
    [again] = office.runtime.executor.execute([asked])
    assert again.again
    assert again.first_seq == first.first_seq
    with pytest.raises(Refused, match="used for something else"):
        office.runtime.executor.execute([replace(asked, attachments=())])


def test_an_identical_file_is_kept_once_and_named_twice(office: Desk) -> None:
    for _ in range(2):
        asked = Attach(office.next_id(), seat("unit-1/officer"), office.cascade, (handed_in(office, field="files"),), 2)
        office.runtime.executor.execute([asked])
    assert len(office.entries("Attached")) == 2
    assert counts(office)[0] == 1


def test_a_file_that_is_nowhere_is_no_file(office: Desk) -> None:
    file = replace(handed_in(office), digest="0" * 64)
    with pytest.raises(Unmet, match="hand it in again"):
        office.runtime.executor.execute([report(office, file)])
    assert office[2].state == "working"


def test_files_go_where_files_are_asked_and_no_more_than_fit(office: Desk) -> None:
    file = handed_in(office)
    with pytest.raises(Incomplete, match="symbol: it takes no file; files are taken by evidence"):
        office.runtime.executor.execute([report(office, file, replace(file, field="symbol"))])
    with pytest.raises(Incomplete, match=f"{FILES_MAX + 1} files"):
        office.runtime.executor.execute([report(office, *[file] * (FILES_MAX + 1))])
    for wrong in ({"name": "../a.pdf"}, {"name": "a\nb.pdf"}, {"digest": "x"}, {"size": 0}, {"name": "a" * 201}):
        with pytest.raises(Incomplete, match="no file that is kept"):
            office.runtime.executor.execute([report(office, replace(file, **wrong))])


def test_who_owes_it_or_gave_it_may_add_files_and_nobody_else(office: Desk) -> None:
    file = handed_in(office, field="files")
    for who in ("unit-1/clerk", "department/leader"):
        office.runtime.executor.execute([Attach(office.next_id(), seat(who), office.cascade, (file,), 2)])
    with pytest.raises(NotYours):
        office.runtime.executor.execute([Attach(office.next_id(), seat("unit-2/leader"), office.cascade, (file,), 2)])
    with pytest.raises(Unmet, match="no file is given"):
        office.runtime.executor.execute([Attach(office.next_id(), seat("unit-1/clerk"), office.cascade, (), 2)])
    office.runtime.executor.execute(
        [Attach(office.next_id(), seat("unit-2/clerk"), office.cascade, (file,), directive=2)]
    )
    with office.runtime.database.reading() as connection:
        assert len(kept_files.of_directive(connection, office.cascade, 2)) == 1
        assert kept_files.of_directive(connection, office.cascade, 1) == []
        assert verify(connection).verified


def test_verification_names_a_file_that_is_changed_and_the_entry_of_one_that_is_gone(office: Desk) -> None:
    file = handed_in(office)
    office.runtime.executor.execute([report(office, file)])
    [entry], database = office.entries("Attached"), office.runtime.database
    gone = f"the document {file.digest}, which entry {entry.seq} of {office.cascade} names, is gone"
    for sql, said in (
        ("UPDATE document SET content = ?", f"the document {file.digest} was changed"),
        ("DELETE FROM document WHERE length(content) > 0 AND content <> ?", gone),
    ):
        with database.transaction() as connection:
            guards = ("document_no_update", "document_no_delete") if database.is_sqlite else ("document_no_change",)
            for name in guards:
                end = "" if database.is_sqlite else " ON document"
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{end}")
            bulk.write(connection, sql, b"other" if "UPDATE" in sql else b"")
        with database.reading() as connection:
            faults = [str(one) for one in verify(connection).faults]
        assert [one for one in faults if file.digest in one] == [f"documents: {said}"], faults


def test_what_nothing_names_is_let_go_after_a_day_a_bounded_part_at_a_time(office: Desk) -> None:
    for number in range(3):
        handed_in(office, CONTENT + b"%d" % number)
    database, now = office.runtime.database, office.runtime.now()
    with database.transaction() as connection:
        assert uploads.let_go(connection, now) == 0
        assert uploads.let_go(connection, now + timedelta(hours=25), 2) == 2
    assert counts(office) == (0, 1)
    office.at("2023-08-16T09:00")
    turn = UploadRound(database, office.runtime.clock)
    assert turn.run() == 1
    handed_in(office)
    office.at("2023-08-16T09:30")
    assert turn.run() == 0


def test_one_account_cannot_fill_the_disk_with_what_nothing_names(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "WAITING_MAX", 50)
    handed_in(office)
    handed_in(office)
    with pytest.raises(Unmet, match="let go within a day"):
        handed_in(office, CONTENT * 2)
