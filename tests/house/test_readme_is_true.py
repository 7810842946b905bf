"""What README and the deeper pages claim is so."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOMS = ("workflows", "storage", "engine")


def fenced() -> list[str]:
    section = README.split("## Two commands")[1].split("## First steps")[0]
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", section, re.S)]


def test_readme_gives_exactly_two_commands_of_one_line_each() -> None:
    assert len(fenced()) == 2
    assert all("\n" not in command for command in fenced())


def test_the_first_command_installs_and_runs_the_demonstration_and_the_second_tests() -> None:
    install, test = fenced()
    assert install.startswith("python3 -m venv .venv")
    assert install.endswith(".venv/bin/cascade demo --serve")
    assert "test" in test
    assert test.endswith(".venv/bin/python -m pytest")


def test_every_file_that_readme_names_is_there() -> None:
    room = ""
    for row in README.split("## Map of the files")[1].split("Imports go one way")[0].splitlines():
        for name in re.findall(r"`([\w./-]+?(?:\.py|/))`", row.split("|")[1] if row.startswith("|") else ""):
            room = name.split("/")[0] if "/" in name and name.split("/")[0] in (*ROOMS, "tests") else room
            path = ROOT / name if name.startswith(room) else ROOT / room / name
            assert path.exists(), f"README names {name}, which is not in {room}/"


def test_every_module_of_the_rooms_stands_in_readmes_map() -> None:
    listed = README.split("## Map of the files")[1].split("Imports go one way")[0]
    for room in ROOMS:
        for module in (ROOT / room).glob("*.py"):
            assert module.name == "__init__.py" or module.name == "__main__.py" or f"{module.name}`" in listed, module
        for folder in (ROOT / room).iterdir():
            if folder.is_dir() and not folder.name.startswith("__"):
                assert f"{folder.name}/" in listed, folder


def test_the_links_of_every_page_lead_somewhere() -> None:
    for page in ROOT.glob("**/*.md"):
        if any(part.startswith(".") for part in page.relative_to(ROOT).parts):
            continue
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_setting_an_operator_may_use_is_in_the_operators_page() -> None:
    from engine.settings import Settings

    page = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        if name != "as_":
            assert f"CASCADE_{name.upper()}" in page, name


def test_every_event_the_service_logs_is_in_the_operators_page() -> None:
    page = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")
    for source in (ROOT / "engine").rglob("*.py"):
        text = source.read_text(encoding="utf-8")
        for event in re.findall(r'\.(?:info|warning|error|exception)\("([a-z_]+)"\)', text):
            assert event in page, f"{source.name} logs {event}"


def test_every_code_of_a_fault_in_a_list_is_in_the_operators_page() -> None:
    page = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")
    sources = [ROOT / "engine" / "balance.py", *(ROOT / "engine" / "exchange").glob("*.py")]
    used = {code for path in sources for code in re.findall(r'"([TI][1-3][0-9]{2})"', path.read_text(encoding="utf-8"))}
    listed = set(re.findall(r"\| ([TI][0-9]{3}) \|", page))
    assert used == listed
    assert len(used) > 20
