"""Files that mean harm, each under 256 KiB but for the one that is not: what a checker has to get through, and soon.

Run as a module it checks them one by one and prints, as JSON, what each cost: `python -m tests.support.hostile`.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from tests.support.definitions import GOOD
from workflows.loading import check_text, shipped

MOST = 256 * 1024  # bytes that the loader reads
MEMORY_MAX = 100 << 20
_MIB = 1 << 20
_TEXT = str | bytes
Cost = dict[str, float]  # seconds, mebibytes, problems, the letters of the longest; nothing where the process died


def _filled(head: str, piece: Callable[[int], str], tail: str = "", most: int = MOST - 64) -> str:
    """As many pieces between head and tail as a file may hold."""
    made, size, number = [head], len(head.encode()) + len(tail.encode()), 0
    while True:
        one = piece(number)
        size += len(one.encode())
        if size > most:
            return "".join([*made, tail])
        made.append(one)
        number += 1


def _good(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def _machine(states: int, actions: int, effect: str = "mark_reported") -> str:
    """A workflow with as many states and actions as may be, each of them with something wrong."""
    names = [f"state_{number:02d}" for number in range(states)]
    lines = [f'    {name}: "{name}"' for name in names]
    acts = [
        f'    action_{number:03d}: {{label: "x", from: [stat_{number % states:02d}, {names[number % states]}], '
        f"to: state{number % states:02d}, by: [holder.leader, above_giver.leader], does: {effect}, "
        f"not_same_person: [actoin_{(number + 1) % actions:03d}, action_{(number + 2) % actions:03d}]}}"
        for number in range(actions)
    ]
    first, last = GOOD.index("  states:"), GOOD.index("\ndeadlines:")
    body = ["  states:", *lines, "  first: state_99", "  ends: {state_00: fulfilled, state_01: void}",
            "  awaits_giver_in: [state_02, stat_03]", "  actions:", *acts]  # fmt: skip
    return GOOD[:first] + "\n".join(body) + "\n" + GOOD[last:]


def _chain(length: int) -> str:
    machines = "".join(f"  m{number}: {{like: m{number + 1}}}\n" for number in range(length))
    return _good("\ndeadlines:", f"\nmachines:\n{machines}  m{length}: {{like: obligation}}\n\ndeadlines:")


def _reuse_bomb() -> str:
    """Sixteen machines like a large one: each copy is as large as it."""
    states = ", ".join(f's{number}: "x"' for number in range(50))
    acts = "\n".join(
        f'      a{number}: {{label: "x", from: [{", ".join(f"s{one}" for one in range(50))}], to: s1, by: holder.leader}}'
        for number in range(100)
    )
    others = "".join(f"  m{number}: {{like: big}}\n" for number in range(15))
    return _good("\ndeadlines:", f"\nmachines:\n  big:\n    like: obligation\n    states: {{{states}}}\n    actions:\n{acts}\n"
                                 f"{others}\n\ndeadlines:")  # fmt: skip


def _condition(text: str) -> str:
    return _good("when: otherwise,", f"when: {json.dumps(text)},")


def _conditions(text: str, actions: int = 120) -> str:
    """As many guards as fit, all of them long."""
    said = json.dumps(text)
    more = "\n".join(
        f'    g{number}: {{label: "x", from: working, to: same, by: holder.leader, if: {said}}}'
        for number in range(actions)
    )
    return _good("\ndeadlines:", f"\n{more}\n\ndeadlines:")


_PAIRS = [("late", "soft"), ("urgent", "dated"), ("received", "stands"), ("passed_on", "at_once"), ("soft", "stands"),
          ("all_leads_done", "in_a_period"), ("dated", "at_once"), ("evidence_given", "late"), ("urgent", "received"),
          ("stands", "late"), ("dated", "soft"), ("passed_on", "urgent"), ("received", "at_once")]  # fmt: skip


File = tuple[str, Callable[[], _TEXT]]  # what it is called, and what makes it when it is asked for


def corpus() -> Iterator[File]:
    """All of them."""
    yield from _of_letters()
    yield from _of_yaml()
    yield from _of_sizes()
    yield from _of_names()
    yield from _of_the_language()


def _of_letters() -> Iterator[File]:
    yield "nothing", lambda: b""
    yield "too large", lambda: b"a: " + b"x" * (4 << 20)
    yield "zeros", lambda: bytes(MOST)
    yield "not UTF-8", lambda: GOOD.encode("utf-16")
    yield "a mark at the beginning", lambda: "\ufeff" + GOOD
    yield "marks all over", lambda: _filled("a: '", lambda _: "\ufeff", "'")
    yield "carriage returns", lambda: GOOD.replace("\n", "\r\n")
    yield "carriage returns alone", lambda: GOOD.replace("\n", "\r")
    yield "tabs", lambda: GOOD.replace("  ", "\t")
    yield "control characters", lambda: _filled("a: '", lambda number: chr(number % 32), "'")
    yield "letters from right to left", lambda: _good("workflow: two-levels", "workflow: \u202etwo-levels\u202c")
    yield "letters that look alike", lambda: _good("to: reported", "to: rеported")
    yield "combining marks", lambda: _filled('title: "a', lambda _: "\u0301", '"\n')
    yield "letters beyond the plane", lambda: _filled("\U0001f600: '", lambda _: "\U0001f600", "'")
    yield "half a letter", lambda: _good('title: "Thử', 'title: "\\ud800Thử')


def _of_yaml() -> Iterator[File]:
    yield "aliases that multiply", lambda: "a: &a [x, x]\n" + "".join(
        f"{chr(98 + one)}: &{chr(98 + one)} [{', '.join([f'*{chr(97 + one)}'] * 9)}]\n" for one in range(20)
    )  # fmt: skip
    yield "aliases without end", lambda: _filled("a: &a x\nb: [", lambda _: "*a, ", "x]")
    yield "merge keys", lambda: _filled("", lambda number: f"k{number}: {{<<: {{a: b}}}}\n")
    yield "a tag that calls", lambda: "a: !!python/object/apply:os.system ['true']\n" + GOOD
    yield "tags without end", lambda: _filled("a: [", lambda _: "!!str x, ", "x]")
    yield "directives", lambda: "%YAML 1.1\n%TAG ! tag:x,2000:\n---\n" + GOOD
    yield "many documents", lambda: _filled("a: b\n", lambda _: "---\na: b\n")
    yield "words of YAML 1.1", lambda: _good("granted_at_most: 2", "granted_at_most: yes, more: 12:30:45, other: 0o17")
    yield "numbers without end", lambda: _filled("granted_at_most: ", lambda _: "9")
    yield "a number of eighteen digits", lambda: _good("granted_at_most: 2", "granted_at_most: 999999999999999999")
    yield "numbers too large", lambda: _filled("a: [", lambda number: f"{10**17 + number}, ", "1]")


def _of_sizes() -> Iterator[File]:
    yield "deep lists", lambda: "a: " + "[" * 100_000
    yield "deep mappings", lambda: _filled("", lambda _: "{a: ")
    yield "deep blocks", lambda: "".join(f"{' ' * one}a:\n" for one in range(700))
    yield "deep dashes", lambda: "- " * 100_000 + "x"
    yield "a long list", lambda: "from: [" + ", ".join("a" for _ in range(39_990)) + "]"
    yield "a list of a hundred thousand", lambda: "a: [" + "a," * 100_000 + "a]"
    yield "empty entries", lambda: _filled("a: [", lambda _: "{},", "x]")
    yield "one long word", lambda: "workflow: " + "a" * (MOST - 32)
    yield "one long key", lambda: "a" * (MOST - 32) + ": x"
    yield "a question of a key", lambda: _filled("? [", lambda _: "a, ", "b]\n: x")
    yield "one long line of blanks", lambda: "a:" + " " * (MOST - 8) + "b"
    yield "one long comment", lambda: GOOD + "#" * (MOST - len(GOOD.encode()) - 8)
    yield "many short lines", lambda: _filled(GOOD, lambda _: "#\n")
    yield "a block of text", lambda: "title: |\n" + _filled("", lambda _: "  x\n", most=MOST - 64)
    yield "folded text", lambda: "title: >-\n" + _filled("", lambda _: "  x\n\n", most=MOST - 64)
    yield "escapes", lambda: _filled('title: "', lambda _: "\\x41", '"')
    yield "escaped control characters", lambda: _filled('a: ["', lambda _: '\\x00","', 'x"]')


def _of_names() -> Iterator[File]:
    yield "keys written twice", lambda: _filled("", lambda _: "a: b\n")
    yield "unknown keys", lambda: _filled(GOOD, lambda number: f"k{number}: x\n")
    yield "keys near to known ones", lambda: _filled(GOOD, lambda number: f"deadlines{number}: x\n")
    yield "long keys near to known ones", lambda: _filled(GOOD, lambda number: f"obligation{'n' * 60}{number}: x\n")
    yield "states like each other", lambda: _good("  first: assigned", "".join(
        f'    assigned{one:02d}: "x"\n' for one in range(57)) + "  first: assigned_")  # fmt: skip
    yield "a thousand words in English", lambda: _good('{working: "working"}', "{" + ", ".join(
        f'workin{one}: "x"' for one in range(9_000)) + "}")  # fmt: skip
    yield "a machine full of faults", lambda: _machine(64, 128)
    yield (
        "a machine full of effects",
        lambda: _machine(64, 128, "[issue_below, resume, end_standing, pause, stop_below]"),
    )
    yield "machines full of faults", lambda: _good("\ndeadlines:", "\nmachines:\n" + "".join(
        f"  m{one}:\n    like: obligation\n    actions:\n" + "".join(
            f'      a{act}: {{label: "x", from: [stat{act}, workin], to: reportd, by: holder.leader, does: resume}}\n'
            for act in range(110)) for one in range(15)) + "\ndeadlines:")  # fmt: skip


def _of_the_language() -> Iterator[File]:
    yield "a chain of likes", lambda: _chain(15)
    yield "a ring of likes", lambda: _good("\ndeadlines:", "\nmachines:\n" + "".join(
        f"  m{one}: {{like: m{(one + 1) % 16}}}\n" for one in range(16)) + "\ndeadlines:")  # fmt: skip
    yield "forms like forms", lambda: _filled(_good("\ndeadlines:", "\ndeadlines:") + "forms:\n",
                                              lambda number: f"  f{number}: {{like: f{number + 1}}}\n")  # fmt: skip
    yield "copies of a large machine", _reuse_bomb
    yield (
        "defaults that multiply",
        lambda: _filled(
            "defaults: {rung: {tell: [" + "holder.leader, " * 200 + "giver.leader]}}\nladder:\n  rungs:\n",
            lambda _: "  - {at: due}\n",
        ),
    )
    yield "actions like each other", lambda: _filled("obligation:\n  actions:\n",
                                                     lambda number: f"    a{number}: {{like: a{number + 1}}}\n")  # fmt: skip
    yield "brackets in a condition", lambda: _condition("(" * 250 + "late" + ")" * 246)
    yield "a condition that denies", lambda: _condition("not " * 120 + "late")
    yield "conditions of many cases", lambda: _conditions(
        " or ".join(f"days_late > {one} and leads_open < {one}" for one in range(9)))  # fmt: skip
    yield "conditions that deny many words", lambda: _conditions(
        " and ".join(f"not (part is lead and mode is once and days_late > {one})" for one in range(5)))  # fmt: skip
    yield "conditions of many pairs", lambda: _conditions(" and ".join(f"({one} or {other})" for one, other in _PAIRS))
    yield "conditions of many threes", lambda: _conditions(
        " and ".join(f"(days_late > {one} or rung < {one} or leads_void >= {one})" for one in range(6)))  # fmt: skip
    yield "conditions of sets", lambda: _conditions(
        "not (" + " or ".join(f"extensions in ({one} {' '.join(str(one + more) for more in range(9))})"
                              for one in range(5)) + ")")  # fmt: skip
    yield "conditions that are long and misspelt", lambda: _conditions("days_lat" + "e" * 480 + " > 3")
    yield "a due table of faults", lambda: _good("    - {when: otherwise, is: choose_below}\n", "".join(
        f"    - {{when: 'urgent and not (part in (lead support)) or type is T{one}', is: {one} days before parent_due}}\n"
        for one in range(46)) + "    - {when: otherwise, is: choose_below}\n")  # fmt: skip
    yield "rungs of faults", lambda: _good("  rungs:\n", "  rungs:\n" + "".join(
        f'    - {{at: {9999 - one} working days after due, label: "x", tell: [above_giver.leader, above_giver.leader], '
        f"times: 1000}}\n" for one in range(46)))  # fmt: skip
    yield "levels in a ring", lambda: _good('  office: "Cục"', "  office: {label: x, under: l28}\n" + "".join(
        f"  l{one}: {{label: x, under: {f'l{one - 1}' if one else 'team'}}}\n" for one in range(29)))  # fmt: skip
    yield (
        "faults of every kind",
        lambda: _filled("levels:\n", lambda number: f"  l{number}: {{under: x{number}, labl: [1]}}\n"),
    )
    yield "the shipped workflow a hundred times over", lambda: "".join(shipped().values())[:MOST] * 3


def costs(names: Collection[str] = ()) -> dict[str, Cost]:
    """What each (or each of these) costs a process of its own, with the room for memory that is promised and no more."""
    check_text(GOOD)
    return {name: _cost(make()) for name, make in corpus() if not names or name in names}


def _cost(text: _TEXT) -> Cost:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _limit()
            before, began = _peak(), time.process_time()
            problems = check_text(text)
            seconds, peak = time.process_time() - began, _peak() - before
            longest = max((len(str(one)) for one in problems), default=0)
            told = {
                "seconds": round(seconds, 3),
                "mebibytes": peak // _MIB,
                "problems": len(problems),
                "longest": longest,
            }
            os.write(writing, json.dumps(told).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = json.loads(pipe.read() or b"{}")
    os.waitpid(child, 0)
    return told


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _limit() -> None:
    """Let this process take as much memory as is promised, beyond what it has; who takes more gets a MemoryError."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        most = pages * resource.getpagesize() + MEMORY_MAX
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    print(json.dumps(costs(sys.argv[1:]), indent=1))
