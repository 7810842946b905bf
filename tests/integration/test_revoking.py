"""A directive that is taken back, and what its workflow says becomes of the work under it."""

import pytest

from engine import administration
from tests.support.desk import Desk, task
from tests.support.offices import DIRECTOR
from workflows.errors import Incomplete, NotOpen
from workflows.loading import shipped


def test_what_is_open_under_it_stops_and_nothing_wakes_any_more(desk: Desk) -> None:
    desk.issue("department", task("2023-08-31", "unit-1", "unit-2"))
    desk.runtime.executor.execute([desk.revoke(1)])
    assert [one.state for one in desk.obligations()] == ["stopped", "stopped"]
    assert desk.head().wake_at is None
    with pytest.raises(NotOpen, match="'revoked'"):
        desk.runtime.executor.execute([desk.revoke(1)])


def test_a_workflow_may_say_that_open_work_goes_on(desk: Desk) -> None:
    kept = shipped()["government-notice"].replace("revoked:  {open_work: stop", "revoked:  {open_work: keep")
    with desk.runtime.database.transaction() as connection:
        published = administration.publish_workflow(connection, kept, "kept.yaml", desk.runtime.now(), DIRECTOR)
    assert published.version == 2
    desk.issue("department", task("2023-08-31", "unit-1"))
    desk.runtime.executor.execute([desk.revoke(1)])
    assert desk[1].open
    assert desk[1].wake_at is not None
    assert desk.verdict().verified


def test_it_is_taken_back_by_a_document_and_with_a_reason(desk: Desk) -> None:
    desk.issue("department", task("2023-08-31", "unit-1"))
    revoke = desk.revoke(1)
    with pytest.raises(Incomplete, match="reason"):
        desk.runtime.executor.execute([type(revoke)("r", DIRECTOR, desk.cascade, 1, "9/CV", " ")])
