"""Deputies, absences and addresses are changed one by one, each on the record of the administration."""

from collections.abc import Callable
from datetime import date

import pytest

from engine import office_changes
from engine.deeds import INSTALLER
from engine.exchange.offices import read_offices
from engine.exchange.offices_blocks import to_yaml
from storage import directory
from storage.queries import entries
from storage.queries.entries import Wanted
from tests.support.desk import Desk
from tests.support.offices import DEPARTMENT
from workflows.directive import ADMINISTRATION
from workflows.errors import Conflict, Incomplete, NotFound, Refused, Unmet
from workflows.offices import Absence, Deputy, Office

STANDS_IN = Deputy("leader", "unit-1/leader", date(2023, 8, 21), date(2023, 8, 25), (), "70/QĐ-SKHCN")


def change(desk: Desk, deed: Callable[..., Office], *given: object) -> Office:
    with desk.runtime.database.transaction() as connection:
        return deed(connection, DEPARTMENT, *given, desk.runtime.now(), INSTALLER)


def stored(desk: Desk) -> Office:
    with desk.runtime.database.reading() as connection:
        return directory.read_offices(connection).get(DEPARTMENT)


def last_details(desk: Desk) -> dict[str, str]:
    with desk.runtime.database.reading() as connection:
        [entry] = entries.listed(connection, Wanted(ADMINISTRATION), 1).entries
    assert (entry.fact.what, entry.fact.subject) == ("changed", f"office {DEPARTMENT}")
    return dict(entry.fact.details)


def test_a_deputy_is_appointed_by_a_document_and_ended_with_a_last_day(desk: Desk) -> None:
    change(desk, office_changes.add_deputy, STANDS_IN)
    assert stored(desk).deputies == (STANDS_IN,)
    assert last_details(desk) == {"deputy": "leader: unit-1/leader 2023-08-21..2023-08-25", "basis": "70/QĐ-SKHCN"}
    change(desk, office_changes.end_deputy, 1, date(2023, 8, 22), "Back earlier")
    assert [one.until for one in stored(desk).deputies] == [date(2023, 8, 22)]
    assert last_details(desk)["until"] == "2023-08-22"
    change(desk, office_changes.end_deputy, 1, None, "")
    assert stored(desk).deputies == ()
    assert desk.verdict().verified


def test_who_is_away_is_noted_and_holds_at_once(desk: Desk) -> None:
    away = Absence("leader", date(2023, 8, 14))
    change(desk, office_changes.add_absence, away, "On leave")
    assert stored(desk).absent == (away,)
    with desk.runtime.database.reading() as connection:
        offices = desk.runtime.executor.known(connection).offices
    assert offices.get(DEPARTMENT).absent == (away,), "whoever knows the directory by heart has read it again"
    change(desk, office_changes.end_absence, 1, date(2023, 8, 15), "")
    assert stored(desk).absent == (Absence("leader", date(2023, 8, 14), date(2023, 8, 15)),)


def test_an_address_and_a_telephone_are_written_down_and_taken_away(desk: Desk) -> None:
    change(desk, office_changes.set_address, "clerk", "vanthu@example.vn", None)
    change(desk, office_changes.set_address, "clerk", None, "0296 3852 576")
    change(desk, office_changes.set_address, "office", None, "+84 296 3852 577")
    one = stored(desk)
    assert one.email["clerk"] == "vanthu@example.vn"
    assert one.phone == {"clerk": "0296 3852 576", "office": "+84 296 3852 577"}
    change(desk, office_changes.set_address, "clerk", "", "")
    assert "clerk" not in stored(desk).email
    assert stored(desk).phone == {"office": "+84 296 3852 577"}
    assert last_details(desk) == {"seat": "clerk", "email": "-", "phone": "-"}


def test_the_directory_as_a_file_keeps_telephones(desk: Desk) -> None:
    change(desk, office_changes.set_address, "clerk", "vanthu@example.vn", "0296 3852 576")
    with desk.runtime.database.reading() as connection:
        offices = directory.read_offices(connection)
    again = {one.id: one for one in read_offices(to_yaml(offices), "offices.yaml")}
    assert again == {one.id: one for one in offices}


@pytest.mark.parametrize(
    ("deed", "given", "kind", "says"),
    [
        (office_changes.add_deputy, [Deputy("king", "vp", date(2023, 8, 21))], Incomplete, "no role of a seat"),
        (office_changes.add_deputy, [Deputy("leader", "nowhere/leader", date(2023, 8, 21))], Unmet, "nowhere"),
        (office_changes.add_deputy, [Deputy("leader", "x", date(2023, 8, 21), date(2023, 8, 1))], Unmet, "before"),
        (office_changes.add_deputy, [Deputy("leader", f"{DEPARTMENT}/leader", date(2023, 8, 21))], Unmet, "itself"),
        (office_changes.end_deputy, [1, None, ""], NotFound, "1 is no place"),
        (office_changes.set_address, ["clerk", "a b@c", None], Unmet, "not an address"),
        (office_changes.set_address, ["clerk", None, "call me"], Unmet, "not a telephone"),
        (office_changes.set_address, ["king", "a@b.vn", None], Incomplete, "not a role"),
        (office_changes.set_address, ["clerk", None, None], Incomplete, "give an e-mail"),
        (office_changes.set_address, ["leader", None, ""], Conflict, "so already"),
    ],
)
def test_what_would_make_the_directory_wrong_is_refused_and_leaves_no_trace(
    desk: Desk, deed: Callable[..., Office], given: list[object], kind: type[Refused], says: str
) -> None:
    before = stored(desk)
    with pytest.raises(kind, match=says):
        change(desk, deed, *given)
    assert stored(desk) == before


def test_a_deputy_who_stands_in_so_already_is_no_second_one(desk: Desk) -> None:
    change(desk, office_changes.add_deputy, STANDS_IN)
    with pytest.raises(Conflict, match="just so already"):
        change(desk, office_changes.add_deputy, STANDS_IN)
