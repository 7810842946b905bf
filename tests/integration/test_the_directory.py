"""One office joins the directory: whole, in the journal, and beside whoever adds another at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.administration import INSTALLER, add_office
from engine.runtime import Runtime
from storage import directory, journal
from tests.support.databases import tables
from tests.support.desk import Desk
from tests.support.offices import DEPARTMENT
from workflows.directive import ADMINISTRATION
from workflows.errors import Unmet
from workflows.offices import Offices

UNIT = {"name": "Phòng Chuyển đổi số", "level": "unit", "above": DEPARTMENT, "people": {"leader": "Trưởng phòng"}}


def add(runtime: Runtime, *ids: str) -> None:
    for id_ in ids:
        with runtime.database.transaction() as connection:
            add_office(connection, id_, UNIT, runtime.now(), INSTALLER)


def known(runtime: Runtime) -> Offices:
    with runtime.database.reading() as connection:
        return directory.read_offices(connection)


def test_an_office_that_joins_stands_last_and_can_be_given_work(installation: Runtime, desk: Desk) -> None:
    before = known(installation)
    add(installation, "digital")
    after = known(installation)
    assert [one.id for one in after] == [*(one.id for one in before), "digital"]
    assert after.get("digital").people == {"leader": "Trưởng phòng"}
    assert after.version > before.version
    assert desk.order("2023-09-15", "digital") == (2,)
    with installation.database.reading() as connection:
        last = list(journal.walk(connection, ADMINISTRATION))[-1]
    assert (last.fact.what, last.fact.subject) == ("added", "office digital")  # type: ignore[union-attr]
    assert desk.verdict().verified


def test_an_office_that_is_refused_leaves_everything_as_it_was(installation: Runtime, database_url: str) -> None:
    before = tables(database_url)
    for id_, block in (("digital", {**UNIT, "above": "nowhere"}), ("unit-1", UNIT)):
        with pytest.raises(Unmet), installation.database.transaction() as connection:
            add_office(connection, id_, block, installation.now(), INSTALLER)
    assert tables(database_url) == before


def test_offices_that_two_add_at_once_are_all_kept(
    installation: Runtime, open_node: Callable[[], Runtime], desk: Desk
) -> None:
    nodes = [installation, open_node()]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda place: add(nodes[place], *(f"new-{place}-{n}" for n in range(5))), range(2)))
    ids = [one.id for one in known(installation)]
    assert {f"new-{place}-{n}" for place in range(2) for n in range(5)} < set(ids)
    assert len(ids) == len(set(ids)) == 21
    assert desk.verdict().verified
