"""An auditor reads the journal and verifies it."""

import sqlite3
from pathlib import Path

from tests.acceptance.conftest import Typed
from workflows.loading import shipped


def tampered(database: str, *statements: str) -> None:
    """Change a file behind the program's back, its guards dropped."""
    with sqlite3.connect(database) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            file.execute(statement)
    file.close()


def test_the_journal_is_one_readable_line_for_each_entry(issued: Typed) -> None:
    said = issued("journal", "show").data.splitlines()
    assert len(said) == 38
    assert "leader of Sở Giao thông vận tải, Giám đốc Sở" in said[1]
    assert "Opened this cascade under Government notice cascade" in said[1]
    assert "Issued 72/SGTVT-VP of 16/08/2023 by Sở Giao thông vận tải: 5 items" in said[2]
    assert "Assigned to Văn phòng Sở as lead, due 31/08/2023" in said[3]


def test_the_newest_entries_are_shown_and_the_rest_is_said(issued: Typed) -> None:
    newest = issued("journal", "show", "--limit", "3")
    assert "3 of 37 entries shown" in newest.talk
    assert newest.data.splitlines()[-1].startswith("37 ")
    oldest = issued.json("journal", "show", "--after", "0", "--limit", "3")
    assert [entry["seq"] for entry in oldest["entries"]] == [1, 2, 3]
    assert oldest["total"] == 37


def test_the_journal_is_narrowed_by_obligation_and_kind(issued: Typed) -> None:
    issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    assert [entry["kind"] for entry in issued.json("journal", "show", "--obligation", "1")["entries"]] == [
        "Assigned", "Acted", "DueSet",
    ]  # fmt: skip
    assert issued.json("journal", "show", "--kind", "issued")["total"] == 1
    assert "kinds are CascadeOpened" in issued("journal", "show", "--kind", "deeds", ends=2).talk
    assert "No such entry" in issued("journal", "show", "--kind", "Incident").talk


def test_what_was_recorded_late_says_so(issued: Typed) -> None:
    issued("round", "--at", "2023-08-25")
    issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    issued("obligation", "do", "report", "1", "--as", "vp/leader", "-a", "symbol=9/BC", "-a", "sent_on=22/8/2023")
    assert "[recorded late, of 22/08/2023]" in issued("journal", "show", "--obligation", "1").data
    assert issued.json("journal", "show", "-o", "1")["entries"][-1]["recorded_late"] is True


def test_the_stored_body_is_printed_as_it_was_hashed(issued: Typed) -> None:
    lines = issued("journal", "show", "--raw").data.splitlines()
    assert len(lines) == 37
    assert lines[0].startswith('{"by":{')


def test_the_installation_has_a_chain_of_its_own(office: Typed) -> None:
    said = office("journal", "show", "--cascade", "administration").data
    assert "Published workflow government-notice@1" in said
    assert "Imported offices" in said


def test_a_whole_journal_is_verified(issued: Typed) -> None:
    known = 37 + 3 + len(shipped())  # the cascade's; the installation, its calendar, its offices; each workflow
    assert f"Verified: {known} entries in 2 chains" in issued("journal", "verify").data
    said = issued.json("journal", "verify")
    assert (said["verified"], said["chains"], said["entries"], said["faults"]) == (True, 2, known, [])
    only = issued.json("directive", "list")["directives"][0]["cascade"]
    assert issued.json("journal", "verify", "--cascade", only[:4])["entries"] == 37


def test_one_altered_byte_is_found_and_its_entry_named(issued: Typed) -> None:
    tampered(
        issued.database,
        "UPDATE journal SET body = replace(body, '\"vp\"', '\"vq\"') WHERE seq = 3 AND kind = 'Assigned'",
    )
    said = issued("journal", "verify", ends=6)
    assert "entry 3 of " in said.data
    assert "guard journal_no_update is missing" in said.data
    assert "NOT verified" in said.talk
    found = issued.json("journal", "verify", ends=6)
    assert found["verified"] is False
    assert 3 in [fault["seq"] for fault in found["faults"]]
    issued("journal", "show")  # it can still be read


def test_a_state_that_does_not_follow_from_its_entries_is_found(issued: Typed) -> None:
    tampered(issued.database, "UPDATE obligation SET state = 'accepted' WHERE number = 4")
    assert "obligation 4: state is stored as 'accepted'" in issued("journal", "verify", ends=6).data


def test_an_entry_that_cannot_be_read_does_not_stop_the_reader(issued: Typed) -> None:
    tampered(issued.database, "UPDATE journal SET body = '{\"not\":\"ours\"}' WHERE seq = 3 AND kind = 'Assigned'")
    assert "this entry cannot be read" in issued("journal", "show").data
    assert issued.json("journal", "show")["entries"][2]["says"].startswith("Assigned: this entry cannot be read")
    issued("obligation", "show", "1")


def test_looking_changes_nothing(issued: Typed) -> None:
    before = Path(issued.database).read_bytes()
    for words in (
        ("journal", "show"), ("journal", "verify"), ("obligation", "list"), ("obligation", "show", "1"),
        ("directive", "list"), ("directive", "tree"), ("office", "list"), ("office", "show", "vp"),
        ("workflow", "list"), ("workflow", "show", "government-notice"), ("workflow", "shipped"), ("workflow", "two-persons"),
        ("workflow", "diff", "government-notice", "shipped:government-notice"), ("db", "status"),
    ):  # fmt: skip
        issued(*words)
        issued(*words, "--json")
    assert Path(issued.database).read_bytes() == before


def test_the_lists_that_an_auditor_asks_for_first(issued: Typed) -> None:
    issued("round", "--at", "2023-08-25")
    issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    issued("obligation", "do", "report", "1", "--as", "vp/leader", "-a", "symbol=9/BC", "-a", "sent_on=22/8/2023")
    reported = issued.json("journal", "show", "--action", "report")["entries"][0]
    key = f"{reported['cascade']}/{reported['seq']}"
    issued("journal", "correct", key, "sent_on", "23/08/2023", "--reason", "misread", "--as", "vp/leader")
    counted = issued.json("journal", "counts")
    assert counted["late"] == issued.json("journal", "late", "--limit", "1000")["total"] > 1
    [newest] = issued.json("journal", "late", "--limit", "1")["entries"]
    assert (newest["seq"], newest["days_late"]) == (reported["seq"], 3)
    corrected = issued("journal", "corrections").data.splitlines()[1]
    assert "Sent on" in corrected
    assert "22/08/2023 → 23/08/2023" in corrected
    assert "misread" in corrected
    assert counted["claimed"] == issued.json("journal", "claimed", "--limit", "1000")["total"] > 30
    chains = issued.json("journal", "unsealed")
    assert (chains["total"], chains["entries"]) == (2, counted["unsealed"])
    whole = issued("journal", "entry", key).data
    assert "Symbol of the report: 9/BC" in whole
    assert "State        working  waiting for confirmation" in whole
    assert issued("journal", "entry", key, "--raw").data.startswith('{"by":')


def test_filters_go_together_and_what_is_unknown_is_said(issued: Typed) -> None:
    issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    listed = issued.json("journal", "show", "--office", "van phong so", "--kind", "Acted", "--since", "16/8/2023")
    assert [one["who"] for one in listed["entries"]] == ["clerk of Văn phòng Sở"]
    one = issued.json("journal", "show", "--all", "--limit", "1")
    after = issued.json("journal", "show", "--all", "--limit", "1", "--cursor", one["next"])
    assert one["entries"][0]["seq"] != after["entries"][0]["seq"]
    assert issued.json("journal", "show", "--symbol", " 72 / sgtvt-vp ")["total"] > 30
    assert "No office is called nowhere" in issued("journal", "show", "--office", "nowhere", ends=4).talk
    assert "Nobody called nobody has acted" in issued("journal", "show", "--person", "nobody", ends=4).talk
    assert "not a day" in issued("journal", "show", "--since", "soon", ends=2).talk
    assert "--after is of one chain" in issued("journal", "show", "--late", "--after", "3", ends=2).talk
    assert "begin at its first page" in issued("journal", "show", "--all", "--cursor", "x", ends=4).talk


def test_the_journal_is_read_in_vietnamese(issued: Typed) -> None:
    said = issued("--lang", "vi", "journal", "show").data
    assert "lãnh đạo Sở Giao thông vận tải" in said
    assert "Giao cho Văn phòng Sở, chủ trì, thời hạn 31/08/2023" in said
    assert "skhcn" not in said
