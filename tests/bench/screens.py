"""The pages of the web, each query by itself over plenty of rows: an auditor, the leader of a department, a unit of it."""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection

from engine import administration
from storage import bulk
from storage.database import Database
from storage.queries import (
    cascades,
    detail,
    groups,
    history,
    my_work,
    obligations,
    overview,
    registers,
    search,
    tree,
    troubles,
)  # fmt: skip
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING, Sight
from tests.bench.ground import Ground
from tests.bench.timing import Result, milliseconds, rate
from tests.support.databases import create_installation
from tests.support.plenty import NOW, WIDEST, Filler, offices

DEPARTMENTS, UNITS, ENTRIES_EACH = 30, 20, 10
TIMES = 20
WIDE_FROM = 20_000  # obligations from which one cascade is as wide as the widest that was ever seen
LIMIT_MS = 300

Look = Callable[[Connection], object]
UNIT = frozenset({"d3-u7"})
DEPARTMENT = frozenset({"d3", *(f"d3-u{number}" for number in range(UNITS))})
HALF = frozenset(one.id for one in offices(DEPARTMENTS // 2, UNITS) if one.id.startswith("d"))
SIGHTS = {"all": EVERYTHING, "half": Sight(HALF), "department": Sight(DEPARTMENT), "unit": Sight(UNIT)}


def with_plenty(ground: Ground, size: int) -> str:
    """`size` obligations with ten entries each, in cascades of some tens and, where there is room, one of 6,800 leaves."""

    def build(url: str) -> None:
        create_installation(url)
        database = Database(url)
        with database.transaction() as connection:
            administration.import_offices(connection, offices(DEPARTMENTS, UNITS), NOW, administration.INSTALLER)
            if ground.sqlite:
                connection.exec_driver_sql("PRAGMA cache_size = -400000")  # for whoever fills, not for whoever looks
            Filler(connection, DEPARTMENTS, UNITS).fill(size, ENTRIES_EACH, WIDEST if size >= WIDE_FROM else 0)
        database.close()

    return ground.template(f"plenty {size}", build)


def looks(ground: Ground, size: int) -> Result:
    """Milliseconds of every query; `ours` are pages a second over all of them, raw the rows of a page read by their keys."""
    url = with_plenty(ground, size)
    database, times, more = Database(url), TIMES if size >= 1_000 else 2, {}
    spent: list[float] = []
    with database.reading() as connection:
        widest, keys = _widest(connection), bulk.read(connection, "SELECT cascade_id, number FROM obligation LIMIT 50")
    for name, look in every_look(widest).items():
        taken = [_seconds(database, look) for _ in range(times)]
        spent += taken
        more[f"{name} p50"], more[f"{name} p95"] = milliseconds(taken, 50), milliseconds(taken, 95)
    raw = [_seconds(database, lambda connection: _by_key(connection, keys)) for _ in range(times)]
    lists = {name: value for name, value in more.items() if name.endswith("p95")}
    slowest = max(lists, key=lambda name: lists[name])
    more = {"slowest_ms": lists[slowest], "over_300_ms": sum(value > LIMIT_MS for value in lists.values()), **more}
    database.close()
    return Result("looks", ground.kind, size, rate(1, spent), rate(1, raw), more)


def every_look(widest: str) -> dict[str, Look]:
    """Every query of a page, by its name and whose sight it is."""
    found: dict[str, Look] = {}
    for name, sight in SIGHTS.items():
        found |= {f"{kind} {name}": look for kind, look in _of_a_sight(sight, widest).items()}
    for office in ("d3-u7", "d3", "province"):
        for kind in (None, *my_work.ASKS):
            asked = my_work.Wanted(NOW, NOW + timedelta(days=5), asks=kind)
            found[f"my work.{kind or 'all'} {office}"] = lambda c, o=office, w=asked: my_work.listed(
                c, EVERYTHING, [(o, None)], w, 25
            )
    return found


def _of_a_sight(sight: Sight, widest: str) -> dict[str, Look]:
    month, year = NOW - timedelta(days=30), NOW - timedelta(days=365)
    lists = {
        "all": Wanted(),
        "overdue": Wanted(groups=("open_overdue",)),
        "late": Wanted(groups=("done_late",)),
        "subtree": Wanted(office="d9", below=True),
        "state": Wanted(state="reported"),
        "officer": Wanted(officer="Nguyễn Văn 7"),
        "text few": Wanted(text="so dot 13 e dieu"),
        "text many": Wanted(text="bao lu"),
        "text none": Wanted(text="xyzzy"),
        "dates": Wanted(due_from=month, due_to=NOW),
        "cascade": Wanted(cascade=widest),
        "nothing": Wanted(state="nowhere"),
    }
    entries = {
        "all": history.Wanted(),
        "rare kind": history.Wanted(kind="Corrected"),
        "office": history.Wanted(office="d9-u9"),
        "person": history.Wanted(office="d9-u9", person="Đỗ Thị d9-u9"),
        "late": history.Wanted(late=True),
        "anybody": history.Wanted(person="Đỗ Thị d9-u9"),
        "action": history.Wanted(action="withdraw"),
        "deputies": history.Wanted(acted_for="Đỗ Thị d9"),
        "claimed": history.Wanted(claimed=True),
        "missed": history.Wanted(kind="DeadlineMissed"),
        "happened": history.Wanted(happened_since=year, happened_until=month),
        "chain": history.Wanted(chain=widest),
        "obligation": history.Wanted(chain=widest, obligation=2),
        "symbol": history.Wanted(symbol="0.2/CV-PROVINCE"),
        "month": history.Wanted(since=month, until=NOW),
    }
    found: dict[str, Look] = {
        **{f"list.{kind}": lambda c, w=one: obligations.listed(c, NOW, sight, w) for kind, one in lists.items()},
        **{
            f"sort.{sort}": lambda c, s=sort: obligations.listed(c, NOW, sight, Wanted(), s)
            for sort in obligations.SORTS
        },
        **{f"journal.{kind}": lambda c, w=one: history.listed(c, sight, w) for kind, one in entries.items()},
        "journal.oldest": lambda c: history.listed(c, sight, history.Wanted(), newest_first=False),
        "totals": lambda c: groups.totals(c, NOW, sight=sight),
        "overview.groups": lambda c: overview.tallies(c, NOW, sight, ("office", "level")),
        "overview.heat": lambda c: overview.tallies(c, NOW, sight, ("office", "month"), due_from=year),
        "overview.trend": lambda c: overview.tallies(c, NOW, sight, ("month",)),
        "changed since": lambda c: obligations.listed(c, NOW, sight, Wanted(changed_since=month), "changed"),
        "count": lambda c: obligations.count(c, NOW, sight, Wanted()),
        "detail": lambda c: detail.find(c, NOW, sight, widest, 5),
        "tree.top": lambda c: tree.children(c, NOW, sight, widest),
        "tree.under the top": lambda c: tree.children(c, NOW, sight, widest, 1),
        "tree.department": lambda c: tree.children(c, NOW, sight, widest, 5),
        "blockers": lambda c: tree.blockers(c, NOW, sight, widest, 1),
        "register": lambda c: registers.listed(c, sight, registers.Wanted()),
        "register.text": lambda c: registers.listed(c, sight, registers.Wanted(kind="incoming", text="de dieu")),
        "cascades": lambda c: cascades.page(c, sight),
        "outbox": lambda c: troubles.outbox(c, sight),
        "outbox.dead": lambda c: troubles.outbox(c, sight, "dead"),
        "incidents": lambda c: troubles.incidents(c, NOW, sight),
        "search": lambda c: search.find(c, NOW, sight, "sat lo 77"),
    }
    return found


def _widest(connection: Connection) -> str:
    sql = "SELECT id FROM cascade ORDER BY next_obligation DESC, id LIMIT 1"
    return str(bulk.read(connection, sql)[0][0])


def _by_key(connection: Connection, keys: bulk.Rows) -> None:
    for key in keys:
        bulk.read(connection, "SELECT * FROM obligation WHERE cascade_id = ? AND number = ?", *key)


def _seconds(database: Database, look: Look) -> float:
    began = time.perf_counter()
    with database.reading() as connection:
        look(connection)
    return time.perf_counter() - began
