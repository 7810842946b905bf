"""Workflows that nobody wrote: strategies that put definitions together from the words of the language.

Most of what they give is sound; `spoilt` changes one thing of it. Everything is plain data, and `as_text` the file of it.
"""

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from workflows import words

Data = dict[str, Any]
LEVELS = ("government", "province", "department", "unit")
HOLDERS = [f"holder.{role}" for role in words.ROLES]
GIVERS = [f"giver.{role}" for role in words.ROLES]
ASKED = st.dictionaries(
    st.sampled_from(["note", "people", "symbol", "paper"]), st.sampled_from(["text", "number", "document"]), max_size=2
)
GUARDS = st.sampled_from(
    ["late", "not late", "days_left > 2", "days_late >= 3", "received", "not passed_on", "part is lead", "rung < 2",
     "leads_open < 1", "late or received", "not (late and passed_on)", "mode in (dated once)", "level is unit",
     "giver_level is department or late", "extensions < 1"]
)  # fmt: skip
UNITS = st.sampled_from(["working days", "days", "hours"])


def as_text(data: Data) -> str:
    """The definition as a file: JSON is YAML, too."""
    return json.dumps(data, ensure_ascii=False)


@st.composite
def spans(draw: st.DrawFn, least: int = 1, most: int = 12) -> str:
    return f"{draw(st.integers(least, most))} {draw(UNITS)}"


def _parties(among: list[str]) -> st.SearchStrategy[Any]:
    return st.sampled_from(among) | st.lists(st.sampled_from(among), min_size=1, max_size=3, unique=True)


@st.composite
def machines(draw: st.DrawFn, passes_on: bool, stands: bool, guarded: bool = True) -> Data:
    """A machine: work is received, goes through some steps, is reported and answered; around that, whatever may be."""
    steps = [f"step_{number}" for number in range(draw(st.integers(0, 2)))]
    way = ["working", *steps]
    states, waiting = ["assigned", *way, "reported"], ["reported"]
    actions: dict[str, Data] = {
        "receive": {"from": "assigned", "to": "working", "by": draw(_parties(HOLDERS)), "does": "mark_received"}
    }
    for before, after in zip(way, steps, strict=False):
        actions[f"to_{after}"] = {"from": before, "to": after, "by": draw(_parties(HOLDERS)), "ask": draw(ASKED)}
    ready = [way[-1]]
    if passes_on:
        relayed = draw(st.sampled_from(["same", "relayed"]))
        actions["relay"] = {"from": [*way], "to": relayed, "by": "holder.leader", "does": "issue_below"}
        if relayed == "relayed":
            states.append("relayed")
            actions["relay"]["from"].append("relayed")
            ready.append("relayed")
        else:
            ready = [*way]
    ask = {**draw(ASKED), **draw(st.sampled_from([{}, {"sent_on": "date"}]))}
    actions["report"] = {
        "from": ready,
        "to": "reported",
        "by": draw(_parties(HOLDERS)),
        "does": "mark_reported",
        "ask": ask,
    }
    if draw(st.booleans()):
        actions["report"]["ask_if_late"] = {"cause": "text"}
    last = "reported"
    if draw(st.booleans()):
        states.append("approved")
        waiting.append("approved")
        actions["approve"] = {"from": "reported", "to": "approved", "by": draw(_parties(GIVERS))}
        last = "approved"
    actions["accept"] = {"from": last, "to": "done", "by": draw(_parties(["giver.leader", *GIVERS[:2]]))}
    actions["accept"]["not_same_person"] = draw(
        st.sampled_from([[], ["report"], [*(["approve"] if last == "approved" else [])]])
    )
    if draw(st.booleans()):
        actions["redo"] = {
            "from": [*waiting],
            "to": draw(st.sampled_from(way)),
            "by": draw(_parties(GIVERS)),
            "ask": {"reason": "text"},
        }
    ends = {"done": "fulfilled", "stopped": "void"}
    draw(_besides(actions, states, way, waiting, ends, stands, guarded))
    labelled = {name: {"label": f"Việc {name}", **action} for name, action in actions.items()}
    return {
        "states": {name: f"Trạng thái {name}" for name in [*states, *ends]},
        "first": "assigned",
        "ends": ends,
        "awaits_giver_in": waiting,
        "actions": labelled,
    }  # fmt: skip


@st.composite
def _besides(
    draw: st.DrawFn,
    actions: dict[str, Data],
    states: list[str],
    way: list[str],
    waiting: list[str],
    ends: dict[str, str],
    stands: bool,
    guarded: bool,
) -> None:
    """Whatever may be beside the straight way: disputes, pauses, year ends, leaps from anywhere, guards."""
    if draw(st.booleans()):
        states.append("disputed")
        waiting.append("disputed")
        ends["moved"] = "void"
        actions["dispute"] = {
            "from": draw(st.sampled_from([["assigned"], ["assigned", *way]])),
            "to": "disputed",
            "by": draw(_parties(HOLDERS)),
        }
        actions["insist"] = {"from": "disputed", "to": "working", "by": draw(_parties(GIVERS))}
        actions["move"] = {
            "from": "disputed",
            "to": "moved",
            "by": "giver.leader",
            "does": "assign_again",
            "ask": {"new_holder": "office"},
        }
    if draw(st.booleans()):
        states.append("paused")
        actions["pause"] = {
            "from": [*way],
            "to": "paused",
            "by": draw(_parties(GIVERS)),
            "does": "pause",
            "ask": {"until": "date"},
        }
        actions["resume"] = {
            "from": "paused",
            "to": draw(st.sampled_from(way)),
            "by": draw(_parties([*GIVERS, *HOLDERS])),
            "does": "resume",
        }
    if stands:
        actions["conclude"] = {"from": "any_open", "to": "done", "by": draw(_parties(GIVERS)), "does": "end_standing"}
    actions["stop"] = {
        "from": "any_open",
        "to": "stopped",
        "by": draw(_parties(GIVERS)),
        "does": "stop_below",
        "ask": {"reason": "text"},
    }
    for number in range(draw(st.integers(0, 2))):  # anything from anywhere to anywhere
        actions[f"more_{number}"] = {
            "from": draw(st.lists(st.sampled_from(states), min_size=1, max_size=2, unique=True)),
            "to": draw(st.sampled_from([*states, "same", "extra", "done"])),
            "by": draw(_parties([*HOLDERS, *GIVERS])),
            "ask": draw(ASKED),
        }
        if actions[f"more_{number}"]["to"] == "extra" and "extra" not in states:
            states.append("extra")
    if guarded:
        free = [name for name in actions if name not in ("receive", "stop", "pause", "resume", "conclude", "relay")]
        for name in draw(st.lists(st.sampled_from(free), max_size=2, unique=True)):
            actions[name]["if"] = draw(GUARDS)


@st.composite
def due_tables(draw: st.DrawFn) -> list[Data]:
    lines: list[Data] = [{"when": "date_written", "is": "as_written"}]
    if draw(st.booleans()):
        condition = draw(st.sampled_from(["urgent and parent_dated", "parent_dated and part is support"]))
        lines.append({"when": condition, "is": f"{draw(spans())} after {draw(st.sampled_from(['issue', 'receipt']))}"})
    if draw(st.booleans()):
        rule = f"{draw(spans(most=30))} before parent_due"
        lines.append({"when": "parent_dated", "is": rule, **draw(st.sampled_from([{}, {"if_no_room": "parent_due"}]))})
    last = draw(st.sampled_from(["choose_below", "choose_below", f"{draw(spans())} after issue"]))
    return [*lines, {"when": "otherwise", "is": last}]


@st.composite
def definitions(draw: st.DrawFn, guarded: bool = True) -> Data:
    """A whole definition of the four levels, most often without a fault."""
    until = draw(
        st.sampled_from([{}, {"until": "year_end", "then": "close"}, {"until": "year_end", "then": "carry_over"}])
    )
    modes: Data = {
        "once": {"label": "Một lần", "due": f"{draw(spans(4, 30))} after {draw(st.sampled_from(['issue', 'receipt']))}"}
    }
    stands = draw(st.booleans())
    if stands:
        modes["periodic"] = {"label": "Định kỳ", "every": draw(st.sampled_from(list(words.PERIODS))),
                             "due": f"{draw(spans())} after window_end", **until}  # fmt: skip
        modes["on_event"] = {"label": "Phát sinh", "each_event_due": f"{draw(spans())} after event", **until}
    modes["info"] = {"label": "Để biết"}
    short = draw(st.booleans())
    levels: Data = {name: f"Cấp {name}" for name in LEVELS}
    made: Data = {
        "workflow": "government-notice",
        "title": "Thử nghiệm",
        "levels": levels,
        "obligation": draw(machines(passes_on=True, stands=stands, guarded=guarded)),
        "deadlines": {"due": draw(due_tables()), "confirm": f"{draw(spans())} after reported"},
        "undated_items": modes,
        "join": {"until_then": draw(st.sampled_from(["refuse_report", "allow"]))},
        "ladder": {"rungs": [{"at": "due", "label": "Đôn đốc", "tell": draw(_parties([*HOLDERS, *GIVERS]))}]},
    }
    if draw(st.booleans()):
        made["deadlines"]["receive"] = f"{draw(spans(most=3))} after issue"
    if draw(st.booleans()):
        made["deadlines"]["later_than_parent"] = draw(st.sampled_from(["refuse", "allow"]))
    if draw(st.booleans()):
        decide = f"{draw(spans())} after asked"
        made["extension"] = {
            "label": "Gia hạn",
            "asked_by": draw(_parties(HOLDERS)),
            "decided_by": draw(_parties(GIVERS)),
            "rules": {"decide": decide},
        }
    if short:
        own = draw(machines(passes_on=False, stands=stands, guarded=guarded))
        levels["unit"] = {"label": "Cấp unit", "machine": "short"}
        made["machines"] = {"short": own}
    return made


_VALUES = [None, True, 7, -1, "", "x", "due", "3 working days", "holder.leader", "any_open", "same", "late and not late",
           [], ["working"], {}, {"like": "report"}, {"a": "text"}, "obligation", 10**18, "a" * 301]  # fmt: skip
_KNOWN = [*words.EFFECTS, *words.CONDITIONS, *words.VALUES, *words.EVENTS, "like", "without", "if", "from", "to", "by"]


def places(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in plain data."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(one for key, inner in inside for one in places(inner, (*path, key)))]


@st.composite
def spoilt(draw: st.DrawFn, data: Data) -> Data:
    """The same with one to three things otherwise: a value, a key, one left out, or one put in the place of another."""
    changed = deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(changed)[1:] or [("workflow",)]))
        node: Any = changed
        for part in path[:-1]:
            node = node[part]
        match draw(st.sampled_from(["value", "word", "gone", "key", "swap"])):
            case "value":
                node[path[-1]] = deepcopy(draw(st.sampled_from(_VALUES)))
            case "word":
                node[path[-1]] = draw(st.sampled_from(_KNOWN))
            case "gone":
                del node[path[-1]]
            case "key" if isinstance(node, dict):
                node[draw(st.sampled_from(_KNOWN))] = node.pop(path[-1], "x")
            case "swap":
                other = draw(st.sampled_from(places(data)[1:]))
                taken: Any = data
                for part in other:
                    taken = taken[part]
                node[path[-1]] = deepcopy(taken)
        if not changed:
            break
    return changed
