"""Production's static files: each name tells the content, and that of all that it imports."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings as ours
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import engines
from django.test import Client
from pytest_django.fixtures import Settings

from config.modules import imported

HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
# Any way in which a module names another one; looser than what rewrites them.
NAMED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](?P<path>\.{0,2}/[^"']+)["']""")
STYLED = re.compile(r"""(?:url\(\s*["']?|@import\s*["'])(?P<path>[^"')]+)""")
SOURCES = Path(ours.STATICFILES_DIRS[0])


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    """A copy of the sources that a test may change; `collect` makes production's files of them."""
    shutil.copytree(SOURCES, tmp_path / "static")
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "config.storages.HashedFiles"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    return collect(settings, tmp_path / "first")


def collect(settings: Settings, folder: Path) -> Path:
    settings.STATIC_ROOT = folder
    call_command("collectstatic", verbosity=0, interactive=False)
    return folder


def named(folder: Path, name: str) -> str:
    """The hashed name of a file, of which there is one."""
    stem, _, ending = name.rpartition(".")
    [found] = [
        path
        for path in folder.glob(f"{stem}.*.{ending}")
        if HASHED.search(path.name)
        and path.name.count(".") == name.rpartition("/")[2].count(".") + 1
    ]
    return str(found.relative_to(folder))


def test_every_import_leads_to_a_hashed_file_that_is_there(collected: Path) -> None:
    seen = 0
    for script in SOURCES.glob("js/*.js"):
        text = (collected / named(collected, f"js/{script.name}")).read_text()
        for path in (found["path"] for found in NAMED.finditer(text)):
            seen += 1
            assert HASHED.search(path), f"{script.name} imports {path}"
            assert (collected / "js" / path).exists(), f"{script.name} imports {path}"
    assert seen > 30


def test_every_file_that_a_style_sheet_names_is_there_and_hashed(collected: Path) -> None:
    for sheet in SOURCES.glob("**/*.css"):
        own = collected / named(collected, str(sheet.relative_to(SOURCES)))
        for path in (found["path"] for found in STYLED.finditer(own.read_text())):
            if path.startswith(("data:", "#")):
                continue
            assert HASHED.search(path.partition("#")[0]), f"{sheet.name} names {path}"
            assert (own.parent / path.partition("#")[0]).exists(), f"{sheet.name} names {path}"


def test_no_script_or_style_sheet_names_a_source_map_that_is_not_there() -> None:
    for file in [*SOURCES.glob("**/*.js"), *SOURCES.glob("**/*.css")]:
        assert "sourceMappingURL" not in file.read_text(), file.name


@pytest.mark.parametrize("leaf", ["run-words", "run-player", "run-colours"])
def test_an_entry_has_a_new_name_when_a_module_below_it_has_changed(
    settings: Settings, collected: Path, leaf: str
) -> None:
    before = {name: named(collected, f"js/{name}.js") for name in ("run", leaf, "menu")}
    with Path(settings.STATICFILES_DIRS[0], f"js/{leaf}.js").open("a") as file:
        file.write("// changed\n")
    again = collect(settings, collected.parent / "second")
    after = {name: named(again, f"js/{name}.js") for name in before}
    assert {name for name in before if before[name] != after[name]} == {"run", leaf}


def test_a_page_hints_at_every_module_that_its_script_imports(
    settings: Settings, collected: Path
) -> None:
    template = engines["django"].from_string("{% load modules %}{% module 'js/run.js' %}")
    drawn = template.render()
    hinted = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', drawn)
    assert f'<script src="/static/{named(collected, "js/run.js")}" type="module">' in drawn
    assert len(hinted) == len(imported("js/run.js")) > 10
    # What is hinted at is what is imported, to the letter: else it would be fetched twice.
    assert set(hinted) == reached(collected, named(collected, "js/run.js"))


def reached(folder: Path, entry: str) -> set[str]:
    """Every file that a browser comes to from an entry."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        text = (folder / waiting.pop()).read_text()
        for path in (f"js/{Path(match['path']).name}" for match in NAMED.finditer(text)):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return found


def test_each_script_is_found_with_what_it_imports() -> None:
    for script in SOURCES.glob("js/*.js"):
        assert all(finders.find(name) for name in imported(f"js/{script.name}"))


@pytest.mark.usefixtures("collected")
def test_only_a_name_that_tells_the_content_is_kept_for_ever(collected: Path) -> None:
    hashed = Client().get(f"/static/{named(collected, 'js/run.js')}")
    assert "immutable" in hashed["Cache-Control"]
    for name in ("js/run.js", "css/base.css", "vendor/htmx.min.js", "vendor/uPlot.min.css"):
        plain = Client().get(f"/static/{name}")
        assert plain.status_code == 200
        assert "immutable" not in plain["Cache-Control"]


def test_a_file_that_is_not_there_is_said_without_a_page() -> None:
    answer = Client().get("/static/js/none.js")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain")
