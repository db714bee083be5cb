"""How many web processes there are: a setting, else as many as the machine lets us have."""

import os
from pathlib import Path

import pytest

from launcher.settings import web_processes
from scripts import serve


def test_what_is_asked_for_is_taken() -> None:
    assert serve.processes("3") == 3


@pytest.mark.parametrize("text", ["0", "65", "many", "-1", "٣", "1.5"])
def test_what_is_no_number_of_processes_is_refused_by_name(text: str) -> None:
    with pytest.raises(serve.Refused, match=f"WEIGHTWISE_WEB_PROCESSES={text}"):
        serve.processes(text)


def test_without_a_number_there_are_as_many_as_cores(tmp_path: Path) -> None:
    assert serve.processes("") == min(serve.cores(serve.QUOTA), serve.MOST_UNASKED)
    assert serve.cores(tmp_path / "none") == len(os.sched_getaffinity(0))


def test_a_large_machine_has_no_more_than_the_database_can_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: range(48))
    monkeypatch.setattr(serve, "QUOTA", Path("/none"))
    assert serve.processes("") == 4


@pytest.mark.parametrize(
    ("share", "whole"),
    [("max 100000", serve.MOST), ("100000 100000", 1), ("350000 100000", 4), ("", serve.MOST)],
)
def test_a_container_has_the_cores_of_its_share(tmp_path: Path, share: str, whole: int) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(share)
    assert serve.allowed(quota) == whole


def test_a_share_below_one_core_is_one_process(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("20000 100000")
    assert serve.cores(quota) == 1


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, "1"),
        ({"DATABASE_URL": "sqlite:////data/file"}, "1"),
        ({"DATABASE_URL": "postgres://db/weightwise"}, ""),
        ({"WEIGHTWISE_WEB_PROCESSES": "4"}, "4"),
        ({"WEIGHTWISE_WEB_PROCESSES": "4", "DATABASE_URL": "postgres://db/weightwise"}, "4"),
    ],
)
def test_on_sqlite_one_is_enough(environment: dict[str, str], asked: str) -> None:
    assert web_processes(environment) == asked


@pytest.mark.parametrize(
    ("address", "asked"),
    [("postgres://db/weightwise\n", ""), ("sqlite:////data/file\n", "1"), (None, "1")],
)
def test_the_database_may_stand_in_a_file(tmp_path: Path, address: str | None, asked: str) -> None:
    file = tmp_path / "database_url"
    if address:
        file.write_text(address)
    assert web_processes({"DATABASE_URL_FILE": str(file)}) == asked
