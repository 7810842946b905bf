"""A clerk asks which workflow suits a document; issuing takes the best one alone, and asks where several are equally good."""

from pathlib import Path

from tests.acceptance.conftest import Typed

LETTER = Path(__file__).parents[1] / "support" / "dispatches" / "letter_like_the_seed.txt"
BOTH = "Nâng cao chỉ số PAPI, không để hồ sơ trễ hẹn"


def suggest(office: Typed, *words: str) -> str:
    return office("workflow", "suggest", *words).data


def test_a_clerk_is_told_which_workflow_suits_and_why(office: Typed, draft: Path) -> None:
    said = office("workflow", "suggest", "--type", "KH", "--issuer", "skhcn")
    assert said.data.splitlines()[0].startswith(
        "1  annual-plan (Annual plan with periodic reports): its type is Kế hoạch (KH)"
    )
    assert "annual-plan is taken when the document is issued without --workflow" in said.talk

    tied = office("workflow", "suggest", "--type", "CV", "--subject", BOTH)
    assert [line.split()[:2] for line in tied.data.splitlines()][:2] == [
        ["1", "index-commitments"],
        ["1", "one-stop-files"],
    ]
    assert "choose one" in tied.talk
    found = office.json("workflow", "suggest", "--type", "CV", "--subject", BOTH)
    assert found["best"] is None
    assert [one["place"] for one in found["suggestions"]][:2] == [1, 1]
    assert found["suggestions"][0]["reasons"] == ["its subject says “PAPI”"]

    assert "loại của văn bản" in office("--lang", "vi", "workflow", "suggest", "--type", "KH").data
    assert office.json("workflow", "suggest", str(draft))["best"] == "government-notice"
    assert office.json("workflow", "suggest", str(draft), "--subject", "Chỉ số SIPAS")["best"] == "index-commitments"
    nothing = office("workflow", "suggest", "--type", "GM", "--issuer", "skhcn")
    assert nothing.data == ""
    assert "annual-plan (Annual plan with periodic reports): its type is none of KH" in nothing.talk


def test_what_is_asked_wrongly_is_refused_with_what_there_is(office: Typed) -> None:
    assert "give a draft, or at least one of" in office("workflow", "suggest", ends=2).talk
    assert "'KX' is not known here" in office("workflow", "suggest", "--type", "KX", ends=2).talk
    assert "khẩn" in office("workflow", "suggest", "--urgency", "gấp", ends=2).talk
    assert "nowhere" in office("workflow", "suggest", "--issuer", "nowhere", ends=4).talk


def test_issuing_takes_the_best_alone_and_asks_where_several_are_equally_good(office: Typed, draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    tied = Path("tied.yaml")
    subject = next(line for line in text.splitlines() if line.startswith("subject:"))
    tied.write_text(text.replace(subject, f'subject: "{BOTH}"'), encoding="utf-8")
    issue = ("directive", "issue", str(tied), "--as", "skhcn/leader", "--number", "61", "--date", "16/8/2023")
    refused = office(*issue, ends=5).talk
    assert "several workflows suit it equally well" in refused
    assert "index-commitments (Commitments on PAR INDEX, SIPAS, PAPI): its subject says “PAPI”" in refused
    assert "one-stop-files" in refused
    assert "annual-plan" not in refused

    taken = office("directive", "issue", str(draft), *issue[3:])
    assert "workflow government-notice is taken: its type is Công văn (CV)" in taken.talk


def test_a_letter_that_is_read_says_in_a_comment_which_workflow_suits(typed: Typed) -> None:
    """Without a database too: then it speaks of what ships."""
    read = typed("directive", "read", str(LETTER)).data
    assert (
        "  workflow: null\n  # suggested: government-notice (Government notice cascade): its type is Công văn (CV)\n"
        in read
    )
    letter = LETTER.read_text(encoding="utf-8").replace("V/v thực hiện Thông báo", f"V/v {BOTH}, Thông báo")
    read = typed("directive", "read", "-", text=letter).data
    assert "  # these suit equally well; write one of them:\n  # index-commitments (" in read
