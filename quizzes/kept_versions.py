"""Versions of questions in memory: what was published never changes, so a process reads it once."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, QuerySet

from quizzes.models import Answer, QuestionVersion

# A version is some kilobytes; above this, all are forgotten and read again as they are needed.
MOST = 2000

# With the moment when it was made: a database that is put back may give a number once more.
Key = tuple[int, datetime]
_kept: dict[Key, QuestionVersion] = {}


def in_order(versions: QuerySet[QuestionVersion]) -> list[QuestionVersion]:
    """What the query finds, in its order."""
    keys = list(versions.values_list("pk", "created_at"))
    found = _of(keys)
    return [found[key] for key in keys]


def with_versions(answers: QuerySet[Answer]) -> list[Answer]:
    """What the query finds, each answer with its version."""
    found = list(answers.annotate(version_made=F("version__created_at")))
    keys = [(answer.version_id, answer.version_made) for answer in found]
    versions = _of(keys)
    for answer, key in zip(found, keys, strict=True):
        answer.version = versions[key]
    return list(found)


def forget() -> None:
    """All of them are read again."""
    _kept.clear()


def _of(keys: Iterable[Key]) -> dict[Key, QuestionVersion]:
    found = {key: version for key in keys if (version := _kept.get(key))}
    missing = [pk for pk, made in keys if (pk, made) not in found]
    read = {(it.pk, it.created_at): it for it in _read(missing)}
    if len(_kept) + len(read) > MOST:
        forget()
    _kept.update(read)
    return found | read


def _read(keys: list[int]) -> Iterable[QuestionVersion]:
    return QuestionVersion.objects.filter(pk__in=keys) if keys else []
