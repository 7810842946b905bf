"""Real databases for every suite: a PostgreSQL from a wheel, started once and only if asked for, and SQLite files."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from loguru import logger

from engine import language
from engine.execute import Known
from engine.runtime import Runtime, opened
from tests.support.databases import (
    Databases,
    Partitioned,
    PostgresServer,
    SqliteFiles,
    create_installation,
    quick_folder,
)
from tests.support.desk import READY, Desk


@pytest.fixture(autouse=True)
def _english() -> None:
    """Every test begins in English, whatever a command before it in the same process was told."""
    language.use("en")


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    logger.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with quick_folder() as folder:
        server = PostgresServer(folder)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def sqlite() -> Iterator[SqliteFiles]:
    with quick_folder() as folder:
        yield SqliteFiles(folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that uses a database runs on both kinds, and on a partitioned one where its module says ON_PARTITIONS:
    True, or "long" where that is kept for the long suites."""
    if "databases" in metafunc.fixturenames:
        partitioned = getattr(metafunc.module, "ON_PARTITIONS", False)
        marks = [pytest.mark.long] if partitioned == "long" else []
        more = [pytest.param("partitioned", marks=marks)] if partitioned else []
        metafunc.parametrize("databases", ["sqlite", "postgresql", *more], indirect=True, scope="session")


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """The kinds of database, one after the other."""
    if request.param == "partitioned":
        return Partitioned(request.getfixturevalue("postgres"))
    found: Databases = request.getfixturevalue("sqlite" if request.param == "sqlite" else "postgres")
    return found


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """A simulated installation with its offices, made once; only ever copied."""
    return create_installation(databases.empty(), partitions=databases.partitions)


@pytest.fixture(scope="session")
def known(template: str) -> Known:
    """What every copy of the template knows: read once, since reading the definitions costs more than most tests."""
    with opened(template) as runtime, runtime.database.reading() as connection:
        return runtime.executor.known(connection)


@pytest.fixture
def copied(databases: Databases) -> Iterator[Callable[[str], str]]:
    """Copies a database that nobody has open; the copy is dropped after the test."""
    made: list[str] = []

    def copy(url: str) -> str:
        made.append(databases.copy(url))
        return made[-1]

    yield copy
    for url in made:
        databases.drop(url)


@pytest.fixture
def database_url(copied: Callable[[str], str], template: str) -> str:
    """A fresh simulated installation, at 19/07/2023 08:00."""
    return copied(template)


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    """A database with nothing in it."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def open_node(database_url: str, known: Known) -> Iterator[Callable[[], Runtime]]:
    """Opens further service nodes on the test's database."""
    with ExitStack() as nodes:

        def node() -> Runtime:
            runtime = nodes.enter_context(opened(database_url))
            runtime.executor._known = known  # it reads anew as soon as the directory's version moves
            return runtime

        yield node


@pytest.fixture
def installation(open_node: Callable[[], Runtime]) -> Runtime:
    """An opened installation on Monday 14/08/2023 at nine, ready to issue."""
    runtime = open_node()
    Desk(runtime).at(READY)
    return runtime


@pytest.fixture
def desk(installation: Runtime) -> Desk:
    return Desk(installation)
