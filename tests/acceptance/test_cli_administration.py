"""The calendar, incidents and who sits where, changed at the command line."""

from pathlib import Path

from tests.acceptance.conftest import Typed

SWAP = ("calendar", "swap", "05/01/2026", "10/01/2026")


def test_a_swap_is_looked_at_published_and_known(office: Typed) -> None:
    assert "name it" in office(*SWAP, "--preview", ends=5).talk
    seen = office(*SWAP, "--document", "1/TB", "--preview")
    assert "Mo 05/01/2026: off" in seen.data
    assert "0 dates would move, in 0 of 0 running cascades." in seen.talk
    assert "--reason" in office(*SWAP, "--document", "1/TB", ends=2).talk
    assert "vn-public@2 is published" in office(*SWAP, "--document", "1/TB", "--reason", "As decided").talk
    assert "very same days" in office(*SWAP, "--document", "1/TB", "--reason", "As decided", ends=5).talk
    found = office.json("calendar", "versions")
    assert [one["key"] for one in found["calendars"]] == ["vn-public@1", "vn-public@2"]
    assert (found["calendars"][1]["why"], found["calendars"][1]["basis"]) == ("As decided", ["1/TB"])
    assert "1/TB" in office("calendar", "show", "2026").data
    office("journal", "verify")


def test_one_day_is_set_and_taken_back_and_a_file_is_published(office: Typed, tmp_path: Path) -> None:
    day = ("calendar", "set-day", "06/01/2026")
    assert "--off or --working" in office(*day, "--reason", "x", ends=2).talk
    assert "no calendar" in office(*day, "--off", "x", "--reason", "x", "--calendar", "nowhere", ends=4).talk.lower()
    made = office.json(*day, "--off", "Nghỉ", "--reason", "As decided", "--for", "new")
    assert (made["calendar"], made["waiting"]) == ("vn-public@2", 0)
    assert "as the week alone has it" in office("calendar", "clear-day", "07/01/2026", "--reason", "x", ends=4).talk
    assert office.json("calendar", "clear-day", "06/01/2026", "--reason", "A mistake")["calendar"] == "vn-public@3"
    broken = tmp_path / "broken.yaml"
    broken.write_text("calendar: vn-public\nversion: 1\n", encoding="utf-8")
    assert "lacks" in office("calendar", "publish", str(broken), "--reason", "x", ends=3).talk


def test_deputies_absences_and_addresses(office: Typed) -> None:
    office("office", "deputy", "add", "skhcn/leader", "vp/leader", "--since", "21/08/2023", "--document", "70/QĐ")
    office("office", "absence", "add", "skhcn/leader", "--since", "21/08/2023", "--until", "25/08/2023")
    office("office", "address", "skhcn/clerk", "--email", "vanthu@example.vn", "--phone", "0296 3852 576")
    found = office.json("office", "show", "skhcn")
    assert found["deputies"][-1]["document"] == "70/QĐ"
    assert found["absent"][-1]["until"] == "2023-08-25"
    assert (found["email"]["clerk"], found["phone"]["clerk"]) == ("vanthu@example.vn", "0296 3852 576")
    place = str(len(found["deputies"]))
    office("office", "deputy", "end", "skhcn", place, "--until", "22/08/2023")
    assert office.json("office", "show", "skhcn")["deputies"][-1]["until"] == "2023-08-22"
    assert "is no place on that list" in office("office", "absence", "end", "skhcn", "9", ends=4).talk
    assert "is not OFFICE/ROLE" in office("office", "absence", "add", "skhcn", "--since", "21/08/2023", ends=2).talk
    assert "Changed office skhcn" in office("journal", "show", "-c", "administration").data
    office("journal", "verify")


def test_incidents_where_there_are_none(office: Typed) -> None:
    assert "Nothing failed" in office("incident", "list").talk
    assert office.json("incident", "list") == {"incidents": [], "more": False}
    assert "There is no cascade yet" in office("incident", "show", "3", ends=4).talk
    assert "--reason" in office("incident", "retry", "3", ends=2).talk


def test_the_doctor_looks_at_accounts(office: Typed) -> None:
    found = {one["name"]: one for one in office.json("doctor")["findings"]}
    assert found["admins"]["state"] == "ok"
    office("account", "add", "nothing", "--shown", "Nobody")
    found = {one["name"]: one for one in office.json("doctor")["findings"]}
    assert "nothing" in found["accounts"]["says"]
    assert found["admins"]["state"] == "warning"
