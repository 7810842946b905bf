"""`cascade outbox`, `cascade webhook` and the settings of messages, as an operator types them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from engine import administration
from engine.cli import main
from engine.runtime import opened
from engine.settings import Settings
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import Desk
from tests.support.mailbox import CERTIFICATE, mail_server
from tests.support.posts import with_addresses


@pytest.fixture
def database(sqlite: SqliteFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A real installation (its time is ours), with a directive whose messages wait."""
    monkeypatch.chdir(tmp_path)
    url = create_installation(sqlite.empty(), simulated=False)
    with opened(url) as runtime:
        with runtime.database.transaction() as connection:
            administration.import_offices(connection, with_addresses(), runtime.now(), administration.INSTALLER)
        Desk(runtime).order(f"{runtime.now().year + 1}-08-25", "unit-1", "unit-2")
    return url


def typed(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main.app, ["--lang", language, *words], prog_name="cascade")


def document(*words: str) -> Any:
    done = typed(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_messages_are_listed_sent_shown_and_logged(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = ["--database", database]
    waiting = document("outbox", "list", *at)
    assert waiting["total"] == len(waiting["messages"]) > 0
    with mail_server("starttls") as box:
        monkeypatch.setenv("CASCADE_MAIL_SERVER", f"localhost:{box.port}")
        monkeypatch.setenv("CASCADE_MAIL_FROM", "Theo dõi <cascade@office.example.vn>")
        monkeypatch.setenv("CASCADE_MAIL_TRUSTED", str(CERTIFICATE))
        monkeypatch.setenv("CASCADE_PUBLIC_URL", "https://office.example.vn")
        assert "250 taken as 1" in typed("outbox", "check", "--to", "admin@example.vn").stderr
        assert document("round", *at)["delivery"]["failed"] == 0
    assert len(box.letters) == waiting["total"] + 1
    assert document("outbox", "list", *at)["total"] == 0
    for one in document("outbox", "list", "--state", "sent", *at)["messages"]:
        shown = document("outbox", "show", one["id"], *at)
        assert [tried["outcome"] for tried in shown["attempts"]] == ["sent"]
        said = typed("outbox", "show", one["id"], *at)
        assert shown["email"] in said.stdout
        assert document("outbox", "log", one["id"], *at)["attempts"] == shown["attempts"]
    english = next(one for one, to in zip(box.letters, box.to, strict=True) if "unit-2" in to)
    vietnamese = next(one for one, to in zip(box.letters, box.to, strict=True) if "unit-1" in to)
    for letter, words in (
        (english, ("What to do:", "Why that date:")),
        (vietnamese, ("Cần làm:", "Vì sao có thời hạn này:")),
    ):
        body = letter.get_body(("plain",))
        assert body is not None
        assert all(word in body.get_content() for word in (*words, "https://office.example.vn/obligations/"))
        page = letter.get_body(("html",))
        assert page is not None
        assert "https://office.example.vn/obligations/" in page.get_content()


def test_what_cannot_be_sent_is_told_and_can_be_sent_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = ["--database", database]
    with mail_server() as box:
        monkeypatch.setenv("CASCADE_MAIL_SERVER", f"localhost:{box.port}")
        monkeypatch.setenv("CASCADE_MAIL_SECURITY", "none")
        monkeypatch.setenv("CASCADE_MAIL_FROM", "cascade@office.example.vn")
        box.answers = lambda to: "550 no such user" if "unit-1" in to else None
        assert document("round", *at)["delivery"]["failed"] == 1
        [failing] = document("outbox", "list", "--state", "failing", *at)["messages"]
        assert "550 no such user" in typed("outbox", "log", *at).stdout
        box.answers = lambda _: None
        assert document("outbox", "retry", failing["id"], *at) == {"messages": 1, "webhooks": 0}
        assert document("round", *at)["delivery"]["sent"] == 1
    again = typed("outbox", "retry", failing["id"], *at)
    assert (again.exit_code, "it was sent on" in again.stderr) == (5, True)
    assert document("outbox", "retry", "--all", *at) == {"messages": 0, "webhooks": 0}
    assert typed("outbox", "show", "nosuch-1-1", *at).exit_code == 4
    assert typed("outbox", "retry", *at).exit_code == 2
    assert typed("outbox", "list", "--state", "nosuch", *at).exit_code == 2


def test_a_webhook_is_added_with_a_secret_that_nobody_else_reads(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at, url = ["--database", database], "https://example.vn/cascade"
    assert typed("webhook", "add", "van-phong", url, *at).exit_code == 2
    monkeypatch.setenv("CASCADE_SECRETS", str(tmp_path / "secrets"))
    made = document("webhook", "add", "van-phong", url, "--office", "unit-1", "--kind", "RungReached", *at)
    secret = Path(made["secret_file"])
    assert (made["secret_made"], secret.stat().st_mode & 0o777, secret.read_text()[:6]) == (True, 0o600, "whsec_")
    [listed] = document("webhook", "list", *at)["webhooks"]
    assert (listed["url"], listed["offices"], listed["kinds"]) == (url, ["unit-1"], ["RungReached"])
    assert "Subscribed webhook van-phong" in typed("journal", "show", "--cascade", "administration", *at).stdout
    assert typed("webhook", "add", "private", "http://10.0.0.1/", *at).exit_code == 5
    assert typed("webhook", "remove", "van-phong", *at).exit_code == 0
    assert document("webhook", "list", *at)["webhooks"] == []
    assert typed("webhook", "remove", "van-phong", *at).exit_code == 4


def test_a_simulated_installation_writes_to_nobody(sqlite: SqliteFiles) -> None:
    given = Settings(mail_server="localhost:9", mail_from="cascade@office.example.vn", public_url="https://x.vn")
    with opened(create_installation(sqlite.empty()), settings=given) as runtime:
        Desk(runtime).at("2023-08-14T09:00").order("2023-08-25", "unit-1")
        assert runtime.hooks is None
        assert runtime.delivery.run().failed == 0


def test_addresses_in_a_directory_are_read_written_and_refused(database: str, tmp_path: Path) -> None:
    at = ["--database", database]
    written = typed("office", "export", *at).stdout
    assert "leader: leader@unit-1.example.vn" in written
    assert "language: en" in written
    file = tmp_path / "offices.yaml"
    file.write_text(written, encoding="utf-8")
    assert typed("office", "import", str(file), *at).exit_code == 0
    assert typed("office", "export", *at).stdout == written
    assert "leader@unit-1.example.vn" in typed("office", "show", "unit-1", *at).stdout
    csv = tmp_path / "offices.csv"
    csv.write_text(typed("office", "export", "--csv", *at).stdout, encoding="utf-8")
    assert typed("office", "import", str(csv), *at).exit_code == 0
    assert typed("office", "export", *at).stdout == written
    broken = written.replace("leader: leader@unit-1.example.vn", 'leader: "x\\nBcc: y@z.vn"').replace(
        "language: en", "language: xx"
    )
    file.write_text(broken, encoding="utf-8")
    refused = typed("office", "import", str(file), *at)
    assert (refused.exit_code, "O120" in refused.stderr, "O121" in refused.stderr) == (3, True, True)


def test_a_secret_that_everybody_can_read_is_refused(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASCADE_SECRETS", str(tmp_path))
    monkeypatch.setenv("CASCADE_PUBLIC_URL", "https://office.example.vn")
    key = tmp_path / "link-key"
    key.write_text("k" * 44)
    key.chmod(0o644)
    refused = typed("round", "--database", database)
    assert (refused.exit_code, "chmod 600" in refused.stderr) == (7, True)
    key.chmod(0o600)
    assert typed("round", "--database", database).exit_code == 0
