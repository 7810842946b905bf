"""Files with a report on the pages and in the API: taken with the form, shown where they belong, given to who may see them."""

import re
from collections.abc import Iterator

import pytest

from engine.files import Limits
from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from storage import bulk
from storage.verification import verify
from tests.contract.test_attachments import ASKS
from tests.integration.test_the_register import LETTER
from tests.support.browsing import Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.forms import filled_in
from tests.support.offices import DEPARTMENT
from tests.support.programs import Program, token
from tests.support.uploads import archive, pdf, word

EVIDENCE = pdf("evidence")


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.publish(ASKS)
        account(runtime, "clerk", (DEPARTMENT, "clerk"), (DEPARTMENT, "leader"), language="en")
        account(runtime, "one", ("unit-1", "leader"), ("unit-1", "clerk"), language="en")
        account(runtime, "two", ("unit-2", "leader"), language="en")
        yield runtime


@pytest.fixture
def desk(office: Runtime) -> Desk:
    """A cascade of its own: obligation 2 is unit 1's, received."""
    _Names.count += 1
    desk = Desk(office, name=f"desk{_Names.count}")
    desk.order("2023-08-21", "unit-1", "unit-2")
    desk.act("unit-1/clerk", 2, "receive")
    return desk


class _Names:
    count = 0


def form_of(one: Visitor, desk: Desk) -> tuple[str, dict[str, str]]:
    """The form of the report as unit 1's leader, filled in but for its evidence."""
    path = f"/obligations/{desk.cascade}/2/do/report"
    one.look(path)
    assert 'enctype="multipart/form-data"' in one.page.text
    return path, filled_in(one.page.text, path) | {"field-symbol": "16/BC", "field-sent_on": "14/08/2023"}


def kept(office: Runtime) -> int:
    with office.database.reading() as connection:
        return int(bulk.read(connection, "SELECT count(*) FROM document")[0][0])


def test_a_report_takes_several_files_and_shows_them_with_the_obligation(visitor: Visitor, desk: Desk) -> None:
    path, fields = form_of(visitor.sign_in("one"), desk)
    files = [("file-evidence", ("minh chứng.pdf", EVIDENCE)), ("file-evidence", ("ảnh.png", b"\x89PNG\r\n\x1a\n..")),
             ("file-files", ("phụ lục.docx", word("x")))]  # fmt: skip
    visitor.send(path, fields, files=files)
    assert "Recorded: Files given with “Report the result”" in visitor.words or "Recorded:" in visitor.words
    assert desk[2].state == "reported"
    for name in ("minh chứng.pdf", "ảnh.png", "phụ lục.docx"):
        assert visitor.page.text.count(f">{name}</a>") == 2  # with the obligation, and in its history
    found = visitor.look(re.findall(r'href="(/obligations/[^"]*/files/\d+/1)"', visitor.page.text)[0])
    assert found.content == EVIDENCE
    assert found.headers["content-disposition"].startswith('attachment; filename="minh_ch_ng.pdf"')
    assert found.headers["content-type"] == "application/pdf"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.headers["cache-control"] == "no-store"


def test_only_who_sees_the_obligation_gets_its_files(address: str, desk: Desk) -> None:
    with Visitor(address) as one, Visitor(address) as two, Visitor(address) as stranger:
        path, fields = form_of(one.sign_in("one"), desk)
        one.send(path, fields, files={"file-evidence": ("a.pdf", EVIDENCE)})
        way = re.findall(r'href="(/obligations/[^"]*/files/\d+/1)"', one.page.text)[0]
        two.sign_in("two")
        assert two.look(way).status_code == 404
        assert stranger.look(way).url.path == "/sign-in"
        borrowed = way.replace("/2/files/", "/3/files/")  # an obligation that this one sees, an entry of another
        assert two.look(borrowed).status_code == 404
        assert one.look(re.sub(r"/1$", "/9", way)).status_code == 404


def test_what_is_refused_shows_the_form_again_and_keeps_the_good_files(
    visitor: Visitor, desk: Desk, office: Runtime
) -> None:
    before = kept(office)
    path, fields = form_of(visitor.sign_in("one"), desk)
    files = [("file-evidence", ("tốt.pdf", EVIDENCE + b"%again")), ("file-evidence", ("x.zip", archive(a=b"b")))]
    visitor.send(path, fields, files=files)
    assert visitor.page.status_code == 422
    assert "x.zip is a zip archive by its content; taken are: a PDF file" in visitor.words
    assert "tốt.pdf" in visitor.words
    assert "16/BC" in visitor.page.text
    assert desk[2].state == "working"
    assert kept(office) == before
    again = filled_in(visitor.page.text, path)
    assert again["kept-evidence"].endswith("/tốt.pdf")
    visitor.send(path, again)
    assert desk[2].state == "reported"
    assert kept(office) == before + 1
    visitor.look(f"/obligations/{desk.cascade}/2")
    assert "tốt.pdf" in visitor.words
    assert "x.zip" not in visitor.words


def test_the_same_form_twice_and_the_back_button_are_one_report(visitor: Visitor, desk: Desk) -> None:
    path, fields = form_of(visitor.sign_in("one"), desk)
    visitor.send(path, fields | {"field-symbol": "no symbol"}, files={"file-evidence": ("a.pdf", EVIDENCE)})
    again, token_of_form = filled_in(visitor.page.text, path) | {"field-symbol": "16/BC"}, visitor.token
    for _ in range(3):
        visitor.page = visitor.client.post(path, data={"csrf": token_of_form, **again})
        assert visitor.page.status_code == 200, visitor.words
    files = {"file-evidence": ("a.pdf", EVIDENCE)}  # chosen anew after going back
    without = {name: value for name, value in again.items() if not name.startswith("kept-")}
    assert visitor.client.post(path, data={"csrf": token_of_form, **without}, files=files).status_code == 200
    assert len(desk.entries("Attached", about=2)) == 1


def test_an_empty_file_none_at_all_and_too_many_are_said_beside_the_field(visitor: Visitor, desk: Desk) -> None:
    path, fields = form_of(visitor.sign_in("one"), desk)
    visitor.send(path, fields, files={"file-evidence": ("trống.pdf", b"")})
    assert "trống.pdf is empty" in visitor.words
    visitor.send(path, fields)
    assert 'id="file-evidence-error">Is missing' in visitor.page.text
    many = [("file-evidence", (f"{n}.txt", b"text %d" % n)) for n in range(11)]
    visitor.send(path, fields, files=many)
    assert "11 files are more than the 10 that one field takes." in visitor.words
    assert desk[2].state == "working"


def test_hostile_names_are_shown_plain_and_cannot_leave_their_header(visitor: Visitor, desk: Desk) -> None:
    path, fields = form_of(visitor.sign_in("one"), desk)
    names = ["../../etc/passwd.pdf", "\u202efdp.exe.pdf", "<img src=x onerror=alert(1)>.pdf", "n" * 300 + ".pdf"]
    files = [("file-evidence", (name, EVIDENCE + bytes([n + 48]))) for n, name in enumerate(names)]
    visitor.send(path, fields, files=files)
    assert desk[2].state == "reported", visitor.words
    assert "<img src=x" not in visitor.page.text
    assert "\u202e" not in visitor.page.text
    for way in re.findall(r'href="(/obligations/[^"]*/files/\d+/\d)"', visitor.page.text)[:4]:
        said = visitor.client.get(way).headers["content-disposition"]
        assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._-]+\.pdf\"; filename\*=UTF-8''[\w.%-]+\.pdf", said), (
            said
        )


def test_an_upload_that_is_cut_does_nothing(visitor: Visitor, desk: Desk, office: Runtime) -> None:
    path, fields = form_of(visitor.sign_in("one"), desk)
    with office.database.reading() as connection:
        [(before,)] = bulk.read(connection, "SELECT count(*) FROM upload")
    body = b"".join(b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
                    for name, value in {"csrf": visitor.token, **fields}.items())  # fmt: skip
    body += b'--x\r\nContent-Disposition: form-data; name="file-evidence"; filename="a.pdf"\r\n\r\n%PDF-1.4 half of it'
    cut = visitor.client.post(path, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert cut.status_code in (400, 422)
    assert desk[2].state == "working"
    with office.database.reading() as connection:
        assert bulk.read(connection, "SELECT count(*) FROM upload")[0][0] == before


def test_files_are_added_later_and_who_gave_it_may_too(address: str, desk: Desk) -> None:
    with Visitor(address) as clerk, Visitor(address) as two:
        clerk.sign_in("clerk").look(f"/obligations/{desk.cascade}/2")
        way = f"/obligations/{desk.cascade}/2/attach"
        assert f'href="{way}"' in clerk.page.text
        clerk.look(way)
        fields = filled_in(clerk.page.text, way)
        clerk.send(way, fields)
        assert "no file was chosen" in clerk.words
        clerk.send(way, fields, files={"file-files": ("a.exe", b"MZ\x00")})
        assert "none of the known kinds" in clerk.words
        clerk.send(way, fields, files={"file-files": ("bổ sung.txt", b"text")})
        assert "Recorded: Files added" in clerk.words
        assert "bổ sung.txt" in clerk.words
        assert two.sign_in("two").look(way).status_code == 404


def test_a_second_copy_of_a_known_document_is_kept_with_it(visitor: Visitor, office: Runtime) -> None:
    text = "\n".join(LETTER).format(number=777)
    entries = []
    for content in (word(*text.split("\n")), word(*text.split("\n"), "")):
        visitor.sign_in("clerk").look("/register/new")
        visitor.send("/register/new", {}, files={"file": ("den.docx", content)})
        way = visitor.page.url.path
        fields = filled_in(visitor.page.text, way) | {"issuer": "province", "item-0-lead": "department",
                                                      "item-1-lead": "department", "do": "issue"}  # fmt: skip
        visitor.send(way, fields)
        if "entries" not in visitor.page.url.path:
            visitor.send(way, filled_in(visitor.page.text, way) | {"do": "attach"})
        entries.append(visitor.page)
    assert entries[0].url.path == entries[1].url.path
    assert "Your copy of it is kept too." in visitor.words, visitor.words
    ways = re.findall(r'href="(/register/entries/[^"]*/files/\d+/\d)"', visitor.page.text)
    assert visitor.look(ways[0]).content == word(*text.split("\n"), "") or visitor.page.status_code == 200
    with office.database.reading() as connection:
        assert verify(connection).verified
        [(waiting,)] = bulk.read(
            connection, "SELECT coalesce(sum(length(content)), 0) FROM upload WHERE account = 'clerk'"
        )
    assert waiting == 0


def test_a_program_hands_a_file_in_and_names_it_by_its_sha256(address: str, desk: Desk, office: Runtime) -> None:
    with Program(address, token(office, "one")) as one, Program(address, token(office, "two")) as two:
        raw = {"Content-Type": "application/octet-stream"}
        refused = one.client.post("/api/v1/files?name=a.exe", content=b"MZ\x00\x00", headers=raw)
        assert refused.status_code == 422
        assert "taken are" in refused.text
        content = EVIDENCE + b"a" * 3_000_000  # larger than any other body may be
        given = one.client.post("/api/v1/files?name=bang.pdf", content=content, headers=raw)
        assert given.status_code == 201
        sha256 = given.json()["sha256"]
        path, file = f"obligations/{desk.cascade}/2", {"sha256": sha256, "name": "bảng.pdf", "field": "evidence"}
        act = {"action": "report", "as": "unit-1/leader", "fields": {"symbol": "16/BC", "sent_on": "14/08/2023"}}
        # Who only knows a sha256 has handed nothing in.
        assert "waits for you" in two.send(f"obligations/{desk.cascade}/3/files", {"files": [file]}).text
        done = one.send(f"{path}/acts", {**act, "files": [file]})
        assert done.status_code == 200, done.text
        [found] = one.look(f"{path}/files").json()
        assert (found["name"], found["sha256"], found["action"]) == ("bảng.pdf", sha256, "report")
        assert one.look(f"{path}/files/{found['seq']}/1").content == content
        assert two.look(f"{path}/files/{found['seq']}/1").status_code == 404
        assert two.look(f"{path}/files").status_code == 404
        added = one.send(f"{path}/files", {"as": "unit-1/clerk", "files": [{"sha256": sha256, "name": "lần nữa.pdf"}]})
        assert added.status_code == 201, added.text
        assert [one["name"] for one in one.look(f"{path}/files").json()] == ["lần nữa.pdf", "bảng.pdf"]


def test_an_operators_limits_are_kept(sqlite: SqliteFiles) -> None:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        runtime.files = Limits(size=1_000_000, count=1, kinds=("txt",))
        desk = Desk(runtime).at(READY)
        desk.publish(ASKS).order("2023-08-21", "unit-1")
        desk.act("unit-1/clerk", 2, "receive")
        account(runtime, "one", ("unit-1", "leader"), language="en")
        with served(runtime) as address, Visitor(address) as one:
            path, fields = form_of(one.sign_in("one"), desk)
            assert "Up to 1 files, 1 MB each: plain text." in one.words
            one.send(path, fields, files={"file-evidence": ("a.pdf", EVIDENCE)})
            assert "taken are: plain text" in one.words
            one.send(path, fields, files={"file-evidence": ("a.txt", b"a" * 1_000_001)})
            assert "larger than 1 MB" in one.words
