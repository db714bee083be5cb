"""Tables to take away: every letter is read rightly, and no cell is a formula."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from authoring.downloads import attachment
from authoring.spreadsheets import csv_lines
from quizzes import services
from tests.factories import (
    client_of,
    finish_run,
    make_learner,
    make_run,
    make_teacher,
    make_topic,
    make_user,
    quiz,
)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_file_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    text = "".join(csv_lines([["name"], ["Zoë Müller"], ["学"]]))
    assert text.encode().startswith(b"\xef\xbb\xbfname\r\n")
    assert text.count("\ufeff") == 1
    assert read(text) == [["name"], ["Zoë Müller"], ["学"]]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("\u00a0@SUM(A1)", "'\u00a0@SUM(A1)"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("\ufeff-2+3", "'\ufeff-2+3"),
        ("\x0b+1", "'\x0b+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a; @SUM(A1)", "a; '@SUM(A1)"),
        ("a\n=1+1", "a\n'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("a, b = c", "a, b = c"),
        ("well-known", "well-known"),
        ("", ""),
        (-2.5, "-2.5"),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula_wherever_a_spreadsheet_lets_it_begin(cell: Any, written: str) -> None:
    assert read("".join(csv_lines([["first", cell]]))) == [["first", written]]


def test_lines_end_and_cells_are_quoted_by_the_standard() -> None:
    text = "".join(csv_lines([['a "b"', "c,d", "e\r\nf"]]))
    assert text == '\ufeff"a ""b""","c,d","e\r\nf"\r\n'


def test_a_name_with_other_letters_is_told_rightly() -> None:
    assert attachment("müller.csv") == "attachment; filename*=utf-8''m%C3%BCller.csv"
    assert attachment("a.csv") == 'attachment; filename="a.csv"'


@pytest.mark.django_db
def test_every_table_of_the_platform_has_the_mark_and_says_its_charset() -> None:
    topic = make_topic("gradients", practice=1)
    run, teacher = finish_run(make_run(topic)), client_of(make_teacher())
    services.finish(services.start(quiz(topic), make_learner(make_user("zoë"))), {})
    figures = f"/admin/quizzes/quiz/{quiz(topic).pk}/statistics"
    for client, address in (
        (teacher, f"{figures}/answers.csv"),
        (teacher, f"{figures}/questions.csv"),
        (Client(), f"/runs/{run.pk}/history.csv"),
    ):
        response: Any = client.get(address)
        sent = b"".join(response.streaming_content) if response.streaming else response.content
        assert sent.startswith(b"\xef\xbb\xbf"), address
        assert sent.count("\ufeff".encode()) == 1, address
        assert response["Content-Type"] == "text/csv; charset=utf-8", address
