"""Versions of questions in memory: what was published never changes, so a process reads it once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from quizzes.models import Answer, QuestionVersion

# A version is some kilobytes; above this, all are forgotten and read again as they are needed.
MOST = 2000

# With the moment when it was made: a database that is put back may give a number once more.
Key = tuple[int, datetime]
_kept: dict[Key, QuestionVersion] = {}


def keys_of(versions: QuerySet[QuestionVersion]) -> QuerySet[QuestionVersion, Key]:
    """What `in_order` needs of the versions that a query finds."""
    return versions.values_list("pk", "created_at")


def in_order(keys: Sequence[Key]) -> list[QuestionVersion]:
    """The versions with these keys, in their order."""
    found = _of(keys)
    return [found[key] for key in keys]


def dated(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """What `with_versions` needs of the answers that a query finds."""
    return answers.annotate(version_made=F("version__created_at"))


def with_versions(answers: Sequence[Answer]) -> Sequence[Answer]:
    """These answers, which are `dated`, each with its version."""
    versions = in_order([(it.version_id, vars(it)["version_made"]) for it in answers])
    for answer, version in zip(answers, versions, strict=True):
        answer.version = version
    return answers


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
