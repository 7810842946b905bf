"""How fast the product is, each piece of work beside its raw limit: the least code that stores the same rows.

    python -m tests.bench [--only NAME] [--size N] [--database URL] [--growth] [--naive] [--json]

Ours is the product through its own doors: `Executor.execute`, `ElapseRound.run`, `verify`, an opened `Runtime`. Raw
(`raw.py`) is the standard library's sqlite3 with `synchronous=FULL`, and psycopg with COPY and pipelines. Both work on
copies of one database that the product's own migration made, so both pay for every index, trigger and column. Raw is
given what ours has written, read back as plain values: within the clock it still makes the JSON of each entry, chains the
hashes, reads what any program would have to read, and writes only the columns that really change. Afterwards the two
databases are compared; where they are not the same the bench stops, since a raw limit that stores less proves nothing.

The two alternate in one process, and the medians are compared: `ratio` is our rate over raw's, 1 is the limit itself.
Rates are obligations a second (entries a second for `replay`, `verify`, `as_of` and `decide`, times a second for
`idle_round`, `start` and `cli`). They drift with the machine; ratios hold. Where several sizes are run, an entry tells the
largest, `sizes` the others, and `growth` how much more one obligation costs at the largest size than at the smallest.

    fan_out     one directive to N offices
    event       one `receive` a transaction among N open obligations; milliseconds, statements and round trips of one
    round       a fifth of N obligations pass their date: rung, missed deadline and three messages of each
    idle_round  a round that finds nothing
    revoke      a directive is revoked with everything below it: five levels, N obligations
    join        the accept of the last of N children; `against_10` is its time over that with ten children
    replay      the states of a cascade from its journal; raw reads and decodes the same entries
    verify      chain and states checked; raw checks the hashes alone
    as_of       the state of a cascade as of now, rebuilt in a database that is thrown away; raw as for replay
    decide      the chain put to the law once more, and compared with what is stored; raw as for replay
    start       a new process opens an installation and makes its first round, which finds nothing
    nodes       N due over N/20 cascades, taken by 1, 2 and 4 processes, each exactly once
    looks       every query of a web page over N obligations and 10 N entries, for four readers: p50 and p95 of each
                in milliseconds; raw reads the fifty rows of one page by their keys
    cli         `cascade --help` in a new process; raw is the interpreter alone

`--naive` puts `naive.py` beside fan_out, event and round: state machines and an ORM as they are used at first.
"""

from loguru import logger


def quiet() -> None:
    """No line of the log: a terminal that scrolls is not what is measured."""
    logger.remove()
