"""Originals are kept as they came, once, and changed by nobody; drafts are an account's own. On both databases."""

import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from storage import bulk, documents, drafts, guards, transfer
from storage.database import Database
from storage.drafts import RegisterDraft
from tests.support.desk import Desk
from workflows.errors import NotFound, Unmet

NOW = datetime(2023, 8, 14, 2, tzinfo=UTC)
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def database(desk: Desk) -> Database:
    return desk.runtime.database


def test_an_original_is_kept_by_its_sha256_and_the_first_one_stays(database: Database) -> None:
    with database.transaction() as connection:
        digest = documents.keep(connection, "pdf", CONTENT, "vp/clerk", NOW)
        assert documents.keep(connection, "txt", CONTENT, "other/clerk", NOW) == digest
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    with database.reading() as connection:
        found = documents.get(connection, digest)
        assert (found.kind, found.content) == ("pdf", CONTENT)
        assert bulk.read(connection, "SELECT count(*), min(added_by) FROM document")[0][1] == "vp/clerk"
        with pytest.raises(NotFound):
            documents.get(connection, "0" * 64)


def test_an_empty_or_endless_original_is_not_kept(database: Database) -> None:
    with database.transaction() as connection:
        for content in (b"", b"a" * (documents.SIZE_MAX + 1)):
            with pytest.raises(ValueError, match="original of"):
                documents.keep(connection, "txt", content, "vp/clerk", NOW)


@pytest.mark.parametrize("statement", ["UPDATE document SET kind = 'txt'", "DELETE FROM document"])
def test_the_database_itself_refuses_to_change_one(database: Database, statement: str) -> None:
    with database.transaction() as connection:
        documents.keep(connection, "pdf", CONTENT, "vp/clerk", NOW)
    with pytest.raises(DBAPIError, match="never changed"), database.transaction() as connection:
        connection.exec_driver_sql(statement)
    with database.reading() as connection:
        assert guards.faults(connection) == []


def test_one_that_was_changed_past_the_guards_is_not_given_out(database: Database) -> None:
    off = "DROP TRIGGER document_no_update" + ("" if database.is_sqlite else " ON document")
    if not database.is_sqlite:
        off = "ALTER TABLE document DISABLE TRIGGER document_no_change"
    with database.transaction() as connection:
        digest = documents.keep(connection, "pdf", CONTENT, "vp/clerk", NOW)
    with database.transaction() as connection:
        connection.exec_driver_sql(off)
        bulk.write(connection, "UPDATE document SET content = ?", b"other")
    with database.reading() as connection:
        assert guards.faults(connection)
        with pytest.raises(documents.Damaged):
            documents.get(connection, digest)


def test_the_sums_of_a_copy_hold_whole_files(database: Database) -> None:
    with database.transaction() as connection:
        documents.keep(connection, "pdf", CONTENT, "vp/clerk", NOW)
    with database.reading() as connection:
        one = transfer.sums(connection)["document"]
    with database.transaction() as connection:
        documents.keep(connection, "txt", CONTENT + b"!", "vp/clerk", NOW)
    with database.reading() as connection:
        two = transfer.sums(connection)["document"]
    assert (one.rows, two.rows) == (1, 2)
    assert one.digest != two.digest


def test_a_draft_is_its_accounts_own_and_goes_when_it_is_given_up(database: Database) -> None:
    draft = RegisterDraft(
        "d1", "61/SKHCN-VP", "Số: 61", NOW, {"symbol": "61/SKHCN-VP", "items": [{"text": "Báo cáo"}]}, "pdf"
    )
    with database.transaction() as connection:
        drafts.begin(connection, "clerk", draft, CONTENT)
        drafts.change(connection, "clerk", "d1", "62", {**draft.typed, "symbol": "62/SKHCN-VP"}, NOW)
    with database.transaction() as connection:
        assert drafts.get(connection, "clerk", "d1").typed["symbol"] == "62/SKHCN-VP"
        assert drafts.original(connection, "clerk", "d1") == CONTENT
        assert [one.title for one in drafts.listed(connection, "clerk")] == ["62"]
        assert drafts.listed(connection, "other") == []
        with pytest.raises(NotFound):
            drafts.get(connection, "other", "d1")
        drafts.give_up(connection, "other", "d1")
        drafts.give_up(connection, "clerk", "d1")
        with pytest.raises(NotFound):
            drafts.get(connection, "clerk", "d1")


def test_nobody_gathers_drafts_without_end(database: Database) -> None:
    with database.transaction() as connection:
        for number in range(drafts.MOST):
            drafts.begin(connection, "clerk", RegisterDraft(f"d{number}", "", "", NOW), None)
        with pytest.raises(Unmet):
            drafts.begin(connection, "clerk", RegisterDraft("more", "", "", NOW), None)
