"""Which program this is."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """The version that is installed; empty in a checkout that was never installed."""
    try:
        return version("directive-cascade")
    except PackageNotFoundError:
        return ""
