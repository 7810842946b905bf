"""`python -m tests.bench`: which works, at which sizes, on which databases."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence

from tests.bench import __doc__ as told
from tests.bench import looks, naive, nodes, quiet, report, screens, sealing, works
from tests.bench.ground import KINDS, Ground, grounds
from tests.bench.timing import Result

Work = Callable[[Ground, int], Result]
WORKS: dict[str, Work] = {
    "fan_out": works.fan_out,
    "event": works.event,
    "round": works.round_of,
    "idle_round": looks.idle_round,
    "revoke": works.revoke,
    "join": works.join,
    "replay": looks.replay,
    "verify": looks.verify,
    "sealing": sealing.sealing,
    "as_of": looks.as_of,
    "decide": looks.decide,
    "start": looks.start,
    "nodes": nodes.nodes,
    "looks": screens.looks,
    "cli": looks.cli,
}
QUICK = (1_000, 10_000)
GROWTH = (1_000, 10_000, 100_000)
ONCE = {"nodes", "looks", "cli"}  # whose size says little: only the largest is run


def measured(
    on: Sequence[Ground], names: Sequence[str], sizes: Sequence[int], beside_naive: bool = False
) -> Iterator[Result]:
    """Each work on each kind of database at each size, as soon as it is done."""
    for ground in on:
        for name in names:
            if name == "cli" and ground is not on[0]:
                continue  # it opens no database
            for size in sizes:
                if name in ONCE and size != max(sizes):
                    continue
                result = WORKS[name](ground, size)
                if beside_naive and name in naive.WORKS:
                    result.more |= naive.beside(ground, name, size)
                yield result


def main() -> None:
    parser = _parser()
    asked = parser.parse_args()
    quiet()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever ends it early: the server it started ends with it
    names = asked.only or list(WORKS)
    if "naive" in names:
        names, asked.naive = [*naive.WORKS], True
    sizes = sorted(asked.size or (GROWTH if asked.growth else QUICK))
    results = []
    if not asked.json:
        print(report.HEAD)
    try:
        with grounds(asked.database, tuple(asked.kind or KINDS), asked.partitions) as on:
            for result in measured(on, names, sizes, asked.naive):
                results.append(result)
                print(report.line(result), file=sys.stderr if asked.json else sys.stdout, flush=True)
    except FileExistsError as there:
        parser.error(str(there))
    if asked.json:
        print(report.as_json(results))
    else:
        print("\n".join(["", "cost of one obligation", *report.growth(results)]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.bench", description=told, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--only", action="append", choices=[*WORKS, "naive"], metavar="NAME", help="only this work; may be given again"
    )
    parser.add_argument(
        "--size", action="append", type=int, metavar="N", help="obligations; may be given again (1000 and 10000)"
    )
    parser.add_argument("--database", metavar="URL", help="a PostgreSQL server, or a file that is not there yet")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind of database")
    parser.add_argument(
        "--partitions", type=int, default=0, metavar="N", help="the tables of cascades in N parts (PostgreSQL)"
    )
    parser.add_argument("--growth", action="store_true", help="at 1000, 10000 and 100000")
    parser.add_argument("--naive", action="store_true", help="naive.py beside fan_out, event and round")
    parser.add_argument("--json", action="store_true", help="only JSON on standard output")
    return parser


if __name__ == "__main__":
    main()
