"""Whatever is written and sealed in whatever order verifies; and no byte of a seal can be another."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from engine.runtime import Runtime, opened
from engine.sealing import Sealer
from storage import seal_check, seals
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.sealing import faults, sealed, something_happens, with_key

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def ready(sqlite: SqliteFiles) -> str:
    url = create_installation(sqlite.empty())
    with opened(url) as runtime:
        Desk(runtime).at(READY)
    return url


@pytest.fixture(scope="module")
def history(sqlite: SqliteFiles, ready: str) -> Iterator[str]:
    """A database with a few seals, of two keys."""
    url = sqlite.copy(ready)
    with TemporaryDirectory() as folder, opened(url) as runtime:
        desk = Desk(runtime)
        made = with_key(runtime, Path(folder))
        sealed(made)
        desk.order("2023-09-29", "unit-1", "unit-2")
        sealed(made)
        made.rotate(DAY)
        sealed(made)
        assert faults(runtime) == []
    yield url
    sqlite.drop(url)


steps = st.lists(st.sampled_from(["order", "administer", "seal", "rotate", "later"]), min_size=1, max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_written_and_sealed_verifies(sqlite: SqliteFiles, ready: str, done: list[str]) -> None:
    url = sqlite.copy(ready)
    try:
        with TemporaryDirectory() as folder, opened(url) as runtime:
            made = with_key(runtime, Path(folder))
            _carry_out(runtime, made, done)
            made.seal()
            with runtime.database.reading() as connection:
                assert seals.changed(connection, None) == []
            assert faults(runtime) == []
    finally:
        sqlite.drop(url)


def _carry_out(runtime: Runtime, made: Sealer, done: list[str]) -> None:
    for place, step in enumerate(done):
        if step == "order":
            Desk(runtime, name=f"desk {place}").order("2023-09-29", "unit-1")
        elif step == "administer":
            something_happens(runtime)
        elif step == "seal":
            made.seal()
        elif step == "rotate":
            made.rotate(DAY)
        else:
            runtime.move_to(runtime.now() + DAY / 2)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_byte_of_a_seal_can_be_another(history: str, data: st.DataObject) -> None:
    """One letter of one value of one row of the seals or their leaves: it is found, whichever it is."""
    with opened(history) as runtime, pytest.raises(_Enough), runtime.database.transaction() as connection:
        for table in ("seal", "seal_leaf"):
            for guard in ("no_update", "no_delete", "next_only"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_{guard}")
        table = data.draw(st.sampled_from(["seal", "seal_leaf"]))
        rows = connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
        row = data.draw(st.sampled_from(rows))
        columns = list(row._fields)
        column = data.draw(st.sampled_from(columns))
        stored = str(getattr(row, column))
        place = data.draw(st.integers(0, len(stored) - 1))
        letters = "0123456789" if isinstance(getattr(row, column), int) else "0123456789abcdefghijklmnop—\nXYZ=+/ "
        letter = data.draw(st.sampled_from([one for one in letters if one != stored[place]]))
        changed = stored[:place] + letter + stored[place + 1 :]
        value = int(changed) if isinstance(getattr(row, column), int) else changed
        key = columns[:1] if table == "seal" else columns[:2]
        where = " AND ".join(f"{name} = {getattr(row, name)}" for name in key)
        try:
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))
        except IntegrityError as error:  # another row has that key
            raise _Enough from error
        assert seal_check.check(connection).faults, f"{table}.{column}: {stored!r} became {changed!r}"
        raise _Enough


class _Enough(Exception): ...
