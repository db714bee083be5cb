"""Reading a course file: what is wrong is said with the file's name and the key or line."""

from pathlib import Path

import pytest

from authoring.files import ContentError, read_tables, read_toml, take

PATH = Path("course/questions.toml")


def test_tables_are_read(tmp_path: Path) -> None:
    path = tmp_path / "topic.toml"
    path.write_text('title = "Gradients – an introduction"\nposition = 2\n', encoding="utf-8")
    assert read_toml(path) == {"title": "Gradients – an introduction", "position": 2}


def test_a_typing_error_is_named_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "topic.toml"
    path.write_text('title = "Gradients"\nposition = \n')
    with pytest.raises(ContentError, match=r"topic\.toml: .*line 2"):
        read_toml(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "topic.toml"
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(ContentError, match=r"topic\.toml"):
        read_toml(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"questions\.toml"):
        read_toml(tmp_path / "questions.toml")


@pytest.mark.parametrize("text", ["", "[track]", "track = []", "[[tracks]]"])
def test_a_file_without_its_tables_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tracks.toml"
    path.write_text(text)
    with pytest.raises(ContentError, match=r"tracks\.toml: has no table \[\[track\]\]"):
        read_tables(path, "track")


def test_take_gives_what_is_there() -> None:
    table = {"slug": "a", "title": "A"}
    taken = take(table, PATH, "slug title", "position")
    assert taken == table
    taken.pop("slug")
    assert "slug" in table


def test_take_names_every_missing_key() -> None:
    with pytest.raises(ContentError, match=r"course/questions\.toml: lacks stem, steps"):
        take({"slug": "a"}, PATH, "slug stem steps")


def test_take_names_an_unknown_key() -> None:
    with pytest.raises(ContentError, match=r"course/questions\.toml: has unknown hints"):
        take({"slug": "a", "hints": "b"}, PATH, "slug", "hint")
