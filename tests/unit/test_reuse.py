"""What is written once and used again: machines like others, actions like others, forms, defaults. And what goes wrong."""

import re
import time
import tracemalloc

import pytest

from tests.support.definitions import CONCLUDE, GOOD, line_of
from workflows import reuse, strict_yaml
from workflows.definition import Definition
from workflows.errors import InvalidDefinition, Problem
from workflows.findings import CODES
from workflows.loading import check_text, load_definition, load_workflow
from workflows.strict_yaml import read_yaml

REUSED = """\

defaults:
  action: {by: giver.leader}
  rung: {tell: holder.leader}
  mode: {until: year_end, then: close, ask: plain}

forms:
  plain: {symbol: document}
  paper: {like: plain, note: text}

machines:
  desk:
    like: obligation
    without: [relay, dispute, disputed, move, moved]
    states: {checked: "Chờ duyệt"}
    ends: {stopped: void}
    actions:
      check: {like: report, label: "Trình duyệt", to: checked, does: [], ask: paper}
      report: {from: [working, checked], ask: {like: paper, sent_on: date}}
      return: {label: "Trả lại", from: checked, to: working, by: holder.leader}
      close: {like: stop, label: "Đóng", ask: {}}
  corner: {like: desk, without: [check, checked, return], actions: {report: {from: working}}}

deadlines:"""


def text_with(*edits: tuple[str, str]) -> str:
    """The good text with everything that reuse offers, and each (old, new) applied; old has to stand in it once."""
    text = GOOD.replace("\ndeadlines:", CONCLUDE.removesuffix("\ndeadlines:") + REUSED)
    text = text.replace("under: office}", "under: office, machine: desk}")
    text = text.replace("from: any_open, to: accepted, by: giver.leader", "from: any_open, to: accepted")
    text = text.replace("periodic: {label", "periodic: {like: on_event, label")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
        text = text.replace(old, new)
    return text


def used(*edits: tuple[str, str]) -> Definition:
    return load_definition(text_with(*edits))


def told(*edits: tuple[str, str]) -> list[Problem]:
    return [one for one in check_text(text_with(*edits)) if one.code != "W471"]


# What it gives


def test_a_machine_is_like_another_less_what_it_is_without() -> None:
    whole, desk = used().obligation, used().machines["desk"]
    assert (desk.like, desk.without) == ("obligation", ("relay", "dispute", "disputed", "move", "moved"))
    assert list(desk.states) == ["assigned", "working", "reported", "accepted", "stopped", "checked"]
    assert desk.ends == {"accepted": "fulfilled", "stopped": "void"}
    assert desk.first == whole.first
    assert desk.awaits_giver_in == ("reported",)
    assert desk.actions["redo"].from_ == ("reported",)
    assert whole.actions["redo"].from_ == ("reported", "disputed")
    assert set(whole.actions) - set(desk.actions) == {"relay", "dispute", "move"}


def test_what_is_written_in_an_action_wins_key_by_key() -> None:
    report = used().machines["desk"].actions["report"]
    assert (report.label, report.from_, report.to, report.does) == (
        "Báo cáo", ("working", "checked"), "reported", ("mark_reported",)
    )  # fmt: skip
    assert report.ask == {"symbol": "document", "note": "text", "sent_on": "date"}


def test_an_action_is_like_another_of_its_machine() -> None:
    actions = used().machines["desk"].actions
    assert (actions["close"].from_, actions["close"].does, actions["close"].ask) == (("any_open",), ("stop_below",), {})
    assert (actions["check"].label, actions["check"].to, actions["check"].does) == ("Trình duyệt", "checked", ())
    assert actions["check"].ask == {"symbol": "document", "note": "text"}
    assert actions["check"].by == ("holder.leader",)
    # It is like what the machine has, not like what that one was before.
    assert actions["check"].from_ == ("working", "checked")


def test_a_machine_is_like_one_that_is_like_another() -> None:
    corner = used().machines["corner"]
    assert "check" not in corner.actions
    assert corner.actions["report"].ask == {"symbol": "document", "note": "text", "sent_on": "date"}
    assert corner.actions["close"].label == "Đóng"
    assert corner.states.keys() == used().machines["desk"].states.keys() - {"checked"}


def test_a_form_is_asked_wherever_something_is_asked() -> None:
    found = used(
        ("  ask: {until: date, reason: text}\n", "  ask: {like: plain, until: date, reason: text}\n"),
        ("\nlevels:", "\noutside_offices: {ask: {like: plain, happened_on: date}}\nlevels:"),
        ("{sent_on: date}}\n    accept", "{sent_on: date}, ask_if_late: paper}\n    accept"),
    )
    assert found.forms == {"plain": {"symbol": "document"}, "paper": {"symbol": "document", "note": "text"}}
    assert found.extension
    assert found.extension.ask == {"symbol": "document", "until": "date", "reason": "text"}
    assert found.outside_offices.ask == {"symbol": "document", "happened_on": "date"}
    assert found.obligation.actions["report"].ask_if_late == {"symbol": "document", "note": "text"}
    assert used(("after receipt}", "after receipt, ask: paper}")).undated_items["once"].ask == found.forms["paper"]


def test_a_default_holds_where_nothing_else_is_said() -> None:
    found = used((', label: "Đôn đốc", tell: holder.leader', ', label: "Đôn đốc"'))
    assert found.obligation.actions["conclude"].by == ("giver.leader",)
    assert found.obligation.actions["report"].by == ("holder.leader",)
    assert [rung.tell for rung in found.ladder.rungs] == [("holder.officer",), ("holder.leader",), ("giver.leader",)]
    giver = used(("\nladder:\n", '\ngiver_ladder: {rungs: [{at: answer_due, label: "Nhắc"}]}\n\nladder:\n'))
    assert [rung.tell for rung in giver.giver_ladder.rungs] == [("holder.leader",)] if giver.giver_ladder else False


def test_a_mode_takes_from_another_and_by_default_what_it_can_use() -> None:
    modes = used().undated_items
    assert (modes["periodic"].until, modes["on_event"].until, modes["once"].until, modes["info"].until) == (
        "year_end", "year_end", None, None
    )  # fmt: skip
    assert modes["periodic"].each_event_due is None
    assert modes["once"].ask == {"symbol": "document"} == modes["periodic"].ask
    assert modes["info"].ask == {}


def test_what_is_reused_has_no_fault_where_it_fits() -> None:
    assert [problem.code for problem in check_text(text_with())] == ["W471"]  # of `corner`, which no level has
    assert check_text(text_with(("machine: desk", "machine: corner"))) == []


def test_a_published_text_is_read_with_what_it_reuses() -> None:
    assert load_workflow(text_with(), 1, published=True).definition == used()
    with pytest.raises(InvalidDefinition) as refused:
        load_workflow(text_with(("like: obligation", "like: x")), 1, published=True)
    assert [problem.code for problem in refused.value.problems] == ["E371"]


def test_what_was_read_is_not_changed_by_it() -> None:
    data = read_yaml(text_with(), "file.yaml").data
    reuse.expand(data)
    assert data == read_yaml(text_with(), "file.yaml").data


# What goes wrong: code, edit, what is said, and the piece of the text where it is said.

FAULTS = {
    "a machine is misspelt": (
        "E371",
        ("like: obligation", "like: obligaton"),
        "did you mean 'obligation'?",
        "obligaton",
    ),
    "a machine is none": ("E371", ("like: obligation", "like: xyz"), "there is obligation, desk, corner", "xyz"),
    "an action is misspelt": ("E371", ("like: stop", "like: stp"), "did you mean 'stop'?", "stp"),
    "an action that was taken out": ("E371", ("like: stop", "like: dispute"), "no action 'dispute'", "dispute, label"),
    "a form is misspelt": ("E371", ("ask: paper", "ask: papr"), "did you mean 'paper'?", "papr"),
    "a form that another is like is misspelt": ("E371", ("{like: paper", "{like: papr"), "'paper'", "papr"),
    "a form that a form is like is misspelt": ("E371", ("like: plain", "like: plan"), "did you mean 'plain'?", "plan,"),
    "a form that is the default is misspelt": ("E371", ("ask: plain", "ask: plan"), "did you mean 'plain'?", "plan}"),
    "a mode is none": ("E371", ("like: on_event", "like: on_evnt"), "did you mean 'on_event'?", "on_evnt"),
    "machines in a ring": (
        "E372",
        ("obligation:\n  states", "obligation:\n  like: corner\n  states"),
        "obligation, corner, desk are like each other",
        "corner\n",
    ),
    "actions in a ring": (
        "E372",
        ('return: {label: "Trả lại", from: checked', "return: {like: return, from: checked"),
        "'return' cannot be like itself",
        "return, from",
    ),
    "forms in a ring": (
        "E372",
        ("plain: {symbol: document}", "plain: {like: paper, symbol: document}"),
        "are like each other in a ring",
        "paper, symbol",
    ),
    "a chain that is too long": (
        "E372",
        ("  corner: {", "".join(f"  c{n}: {{like: c{n + 1}}}\n" for n in range(4)) + "  c4: {like: desk}\n  corner: {"),
        "more than 4 times",
        "c2}",
    ),
    "nothing is there to take out": (
        "E373",
        ("without: [check,", "without: [chek,"),
        "did you mean 'check'?",
        "chek",
    ),
    "one of several is not there": ("E373", ("disputed, move,", "disputed, moove,"), "did you mean 'move", "moove"),
    "without, and like no other": (
        "E373",
        ("obligation:\n  states", "obligation:\n  without: x\n  states"),
        "the machine is like no other",
        "without: x",
    ),
    "a default of an unknown key": ("E374", ("{by: giver", "{bye: x, by: giver"), "did you mean 'by'?", "bye"),
    "a default of a ladder's key": (
        "E374",
        ("rung: {tell", "rung: {ceiling: x, tell"),
        "it knows at, label, tell",
        "ceiling",
    ),
    "a default for what has none": ("E202", ("  rung: {tell", "  rungs: {tell"), "did you mean 'rung'?", "rungs"),
    "a form that nothing asks for": (
        "W475",
        ("  paper: {like", "  other: {note: text}\n  paper: {like"),
        "nothing asks for the form 'other'",
        "other",
    ),
    # What is wrong in a part that others take over is told where it is written, and once.
    "a party in an action that machines take over": (
        "E203",
        ("by: holder.clerk", "by: holder.clek"),
        "did you mean 'holder.clerk'?",
        "holder.clek",
    ),
    "a key is missing in what others take over": (
        "E201",
        ("from: assigned, to: working, by: holder.clerk", "from: assigned, by: holder.clerk"),
        "obligation.actions.receive lacks 'to'",
        "receive: {",
    ),
    "a state in an action that machines take over": ("E301", ("assigned, to: wo", "asigned, to: wo"), "'assigned'", "asigned"),
    "a field in a form": ("E203", ("note: text", "note: txt"), "did you mean 'text'?", "txt"),
    "a default that is no party": (
        "E203",
        ("by: giver.leader}\n  rung", "by: giver.lead}\n  rung"),
        "'giver.leader'",
        "giver.lead}",
    ),
    "a default that no rung can have": ("E203", ("rung: {tell: holder", "rung: {task: cal, tell: holder"), "'call'", "cal,"),
    "a key that is unknown in an action like another": (
        "E202",
        ('label: "Đóng"', 'labl: "Đóng"'),
        "did you mean 'label'?",
        "labl",
    ),
    "a key that is no key of a machine": ("E202", ("without: [check,", "withot: [check,"), "'without'", "withot"),
    # What only the two together bring about is told where one is said to be like the other.
    "a state was taken out, and something leads to it": (
        "E301",
        ("move, moved]", "moved]"),
        "machines.desk.actions.move.to (from obligation.actions.move.to): state 'moved' is not in states",
        "obligation\n    without",
    ),
    "an action is left with no state": (
        "E377",
        ("checked, return]", "checked]"),
        "open in no state",
        "desk, without",
    ),
    "a form that does not fit what is asked beside it": (
        "E328",
        ("plain: {symbol: document}", "plain: {symbol: document, happened_on: text}"),
        "'happened_on' is text here and date in outside_offices.ask",
        "paper}\n      report",
    ),
    "an action that cannot do what the one it is like does": (
        "E325",
        ('label: "Đóng", ask', 'label: "Đóng", to: working, ask'),
        "has to lead to an end that is void",
        "working, ask: {}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_told_that(fault: str) -> None:
    code, edit, said, fragment = FAULTS[fault]
    text = text_with(edit)
    found = [one for one in told(edit) if one.code == code]
    assert found, [str(one) for one in told(edit)]
    assert said in found[0].message
    line = text.splitlines()[found[0].line - 1]
    where = "\n".join([line, *text.splitlines()[found[0].line :]])[found[0].column - 1 :]
    assert where.startswith(fragment), str(found[0])


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_of_reuse_is_told_once(fault: str) -> None:
    code, edit, *_ = FAULTS[fault]
    found = [one.code for one in told(edit)]
    assert set(found) == {code}
    # A taken-out state is missed by each action that led to it; a form is asked by several.
    assert len(found) == 1 or code in ("E301", "E377", "E328"), [str(one) for one in told(edit)]


def test_a_huge_name_makes_no_huge_message() -> None:
    name = "x" * 50_000
    for edit in (("like: stop", f"like: {name}"), ("without: [check,", f"without: [{name},"), ("ask: paper", f"ask: {name}"),
                 ("plain: {symbol: document}", f"plain: {{symbol: document}}\n  {name}: {{like: {name}}}")):  # fmt: skip
        found = check_text(text_with(edit))
        assert found
        assert all(len(str(one)) < 1000 for one in found)


def test_faults_of_a_machine_that_many_are_like_hide_no_other() -> None:
    machines = "".join(f"  m{n}: {{like: obligation}}\n" for n in range(16))
    text = GOOD.replace("by: giver.leader", "by: giver.boss").replace(
        "\ndeadlines:", f"\nmachines:\n{machines}\ndeadlines:"
    )
    found = check_text(text.replace('levels: {ministry: "Min', 'levels: {minstry: "Min'))
    faulty = GOOD.count("by: giver.leader")
    assert faulty * 17 > 80
    assert [one.code for one in found] == ["E203"] * faulty + ["W431"]


def test_every_code_of_reuse_has_a_fault_here() -> None:
    codes = {"E371", "E372", "E373", "E374", "E375", "E377", "W475"}
    assert codes - {"E375"} <= {code for code, *_ in FAULTS.values()}
    assert codes <= set(CODES)


@pytest.mark.parametrize("value", ["3", "[a, b]", "null", "true", "{a: b}", '""', '"x y"'])
@pytest.mark.parametrize(
    "place",
    [
        "like: obligation",
        "without: [check,",
        "like: stop",
        "ask: paper",
        "ask: plain",
        "{like: paper",
        "like: on_event",
    ],
)
def test_any_value_in_its_place_is_read_or_refused(place: str, value: str) -> None:
    key, colon, _ = place.rstrip(",").rpartition(" ")
    for problem in check_text(text_with((place, f"{key}{colon}{value}{',' if place.endswith(',') else ''}"))):
        assert problem.code in CODES


@pytest.mark.parametrize("block", ["defaults", "forms", "machines", "undated_items", "obligation", "ladder", "levels"])
@pytest.mark.parametrize("value", ["3", "[a, b]", "x", "{a: 3}", "{a: {like: a}}", "{action: 3, a: {like: [a]}}"])
def test_any_block_in_its_place_is_read_or_refused(block: str, value: str) -> None:
    text = re.sub(rf"^{block}:.*?(?=^\S)", f"{block}: {value}\n", text_with(), flags=re.DOTALL | re.MULTILINE)
    assert all(problem.code in CODES for problem in check_text(text))


# What it costs

ACTIONS = "".join(f'    a{n}: {{label: "x", from: any_open, to: same, by: holder.leader}}\n' for n in range(2_000))
HOSTILE = {
    "a big machine that many are like": GOOD.replace("\ndeadlines:", f"{ACTIONS}\nmachines:\n" + "".join(
        f"  m{n}: {{like: obligation}}\n" for n in range(3_000)) + "\ndeadlines:"),
    "machines that double": GOOD.replace("\ndeadlines:", "\nmachines:\n  m0: {like: obligation}\n" + "".join(
        f"  m{n}: {{like: m{n - 1}}}\n" for n in range(1, 8_000)) + "\ndeadlines:"),
    "a huge default": GOOD.replace("\nlevels:", "\ndefaults: {action: {ask: {" + ", ".join(
        f"f{n}: text" for n in range(9_000)) + "}}}\n\nlevels:").replace("\ndeadlines:", f"{ACTIONS}\ndeadlines:"),
    "a huge form": GOOD.replace("\nlevels:", "\nforms: {big: {" + ", ".join(
        f"f{n}: text" for n in range(9_000)) + "}}\n\nlevels:").replace("ask: {reason: text}", "ask: big"),
    "misspelt names": GOOD.replace("\ndeadlines:", "\nmachines:\n" + "".join(
        f"  machine{n}: {{like: machin{n}}}\n" for n in range(6_000)) + "\ndeadlines:"),
    "a ring of thousands": GOOD.replace("\ndeadlines:", "\nmachines:\n" + "".join(
        f"  m{n}: {{like: m{(n + 1) % 9_000}}}\n" for n in range(9_000)) + "\ndeadlines:"),
    "actions like each other": GOOD.replace("\ndeadlines:", "".join(
        f"    a{n}: {{like: a{n + 1}}}\n" for n in range(9_000)) + "\ndeadlines:"),
    "taking out what is not there": GOOD.replace("\ndeadlines:", "\nmachines:\n  m: {like: obligation, without: [" + ", ".join(
        f"relaay{n}" for n in range(18_000)) + "]}\n\ndeadlines:"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_reuses_without_end_is_refused_at_once(name: str) -> None:
    assert len(HOSTILE[name].encode()) < strict_yaml.DEFINITION.bytes
    began = time.process_time()
    found = check_text(HOSTILE[name])
    assert time.process_time() - began < 5
    assert found


def test_what_it_costs_in_memory_is_bounded() -> None:
    tracemalloc.start()
    try:
        check_text(HOSTILE["a huge form"])
        assert tracemalloc.get_traced_memory()[1] < 100 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_too_much_of_it_is_told_where_it_is_said() -> None:
    text = HOSTILE["a huge form"]
    [said] = check_text(text)
    assert (said.code, said.line) == (
        "E375",
        line_of("ask: big, ", text) if text.count("ask: big, ") == 1 else said.line,
    )
    assert "more than 40,000 keys and values" in said.message
