"""The same prompt for people who read Vietnamese and people who read English; nothing is kept from one to the other."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Typed

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_same_command_speaks_both_languages_in_one_process(issued: Typed) -> None:
    vietnamese, english = issued("obligation", "show", "6", "--lang", "vi"), issued("obligation", "show", "6")
    assert "Nhiệm vụ 6 của chuỗi" in vietnamese.data
    assert "Chưa tiếp nhận: còn mở, trong hạn" in vietnamese.data
    assert "10 ngày làm việc sau tiếp nhận" in vietnamese.data
    assert "Obligation 6 of cascade" in english.data
    assert "not received: open in time" in english.data
    assert issued("--lang", "vi", "obligation", "show", "6").data == vietnamese.data


def test_a_refusal_says_in_both_languages_what_stands_in_the_way_and_what_is_open(issued: Typed) -> None:
    asked = ["obligation", "do", "accept", "1", "--as", "vp/leader"]
    assert issued(*asked, ends=5).talk.startswith("Cannot 'accept' obligation 1: it is 'assigned'")
    said = issued(*asked, "--lang=vi", ends=5).talk
    assert said.startswith("Không thể 'accept' nhiệm vụ 1: nhiệm vụ đang 'assigned'")
    assert "Bạn có thể: dispute" in said


def test_the_locale_chooses_and_what_is_asked_for_wins(issued: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert "Cơ sở dữ liệu này không có chuỗi" not in issued("office", "list").talk
    assert "CƠ QUAN" in issued("office", "list").data
    assert "OFFICE" in issued("office", "list", "--lang", "en").data
    monkeypatch.setenv("CASCADE_LANG", "en")
    assert "OFFICE" in issued("office", "list").data
    assert "CƠ QUAN" in issued("office", "list", "--lang", "vi").data
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("CASCADE_LANG")
    assert "OFFICE" in issued("office", "list").data


def test_the_language_may_stand_in_the_file_beside_the_other_settings(issued: Typed, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CASCADE_LANG=vi\n", encoding="utf-8")
    assert "CƠ QUAN" in issued("office", "list").data


@pytest.mark.parametrize("words", [("--lang", "fr"), ("--lang=fr",), ("--lang",)], ids=" ".join)
def test_an_unknown_language_is_a_usage_error_that_names_those_there_are(typed: Typed, words: tuple[str, ...]) -> None:
    said = typed("office", "list", *words, ends=2).talk
    assert "--lang" in said
    assert "en, vi" in said


def test_an_unknown_language_in_the_environment_is_one_too(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCADE_LANG", "fr")
    assert "CASCADE_LANG" in typed("office", "list", ends=2).talk


def test_what_stands_after_two_dashes_is_no_language(typed: Typed) -> None:
    assert "CASCADE_DATABASE" in typed("office", "show", "--help").data
    assert "There is no file --lang" in typed("directive", "read", "--", "--lang", ends=4).talk


def test_help_is_vietnamese_too_and_examples_stay_as_they_are_typed(typed: Typed) -> None:
    said = typed("obligation", "do", "--help", "--lang", "vi").data
    assert said.startswith("Cách dùng: cascade obligation do [TÙY CHỌN]")
    assert "cascade obligation do receive 12 --as vp/clerk" in said
    assert "Thao tác trên một nhiệm vụ" in said
    assert "[bắt buộc]" in said
    assert "Hiện lời này rồi kết thúc." in said
    root = typed("--lang", "vi", "--help").data
    assert "0  xong" in root
    assert "Chạy dịch vụ: trang web và các vòng." in root


def test_a_mistake_in_typing_is_told_in_the_language_asked_for(typed: Typed) -> None:
    said = typed("--lang", "vi", "obligation", "list", "-n", "many", ends=2).talk
    assert "Lỗi: Giá trị không hợp lệ cho '--limit' / '-n': Phải là một số nguyên" in said
    assert "Thiếu tham số 'ACTION'." in typed("obligation", "do", "--lang", "vi", ends=2).talk
    assert "Có phải là 'obligation'?" in typed("--lang", "vi", "obligations", ends=2).talk


def test_json_has_the_same_keys_and_codes_in_every_language(issued: Typed) -> None:
    english, vietnamese = issued.json("obligation", "show", "6"), issued.json("obligation", "show", "6", "--lang", "vi")
    assert english.keys() == vietnamese.keys()
    assert english["group"] == vietnamese["group"] == "open_in_time"
    assert english["asks_for"] == vietnamese["asks_for"]
    assert "10 working days after receipt" in english["why"]
    assert "10 ngày làm việc sau tiếp nhận" in vietnamese["why"]


def test_a_faulty_workflow_is_told_in_vietnamese_line_by_line(typed: Typed, tmp_path: Path) -> None:
    text = typed("workflow", "show", "government-notice", "--yaml").data.replace(
        "by: holder.clerk", "by: holder.king", 1
    )
    (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    said = typed("workflow", "check", "wrong.yaml", "--lang", "vi", ends=3)
    assert "E203 'holder.king' không phải là một bên" in said.data
    assert "Đã kiểm tra 1 tệp: 1 lỗi." in said.talk


def test_messages_are_written_in_the_installations_language(
    issued: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASCADE_MESSAGES", str(tmp_path / "messages.jsonl"))
    issued("round", "--lang", "vi")
    sent = (tmp_path / "messages.jsonl").read_text(encoding="utf-8")
    assert "hãy tiếp nhận" in sent
    assert "receive it" not in sent


def test_the_demonstration_is_told_in_vietnamese(installed: Run) -> None:
    done = installed("demo", "--database", "demo.db", env={"LC_ALL": "vi_VN.UTF-8"})
    assert done.returncode == 0
    for part in ("AI GIAO CHO AI", "DIỄN BIẾN", "QUÁ HẠN", "ngày làm việc", "KIỂM CHỨNG", "Văn phòng Chính phủ"):
        assert part in done.stdout
    assert "obligations" not in done.stdout
