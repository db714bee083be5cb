"""Keeps what a learner has answered in an attempt that is open: the most frequent of all writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.learners import Person
from database.prepared import Given, Update
from database.rows import SelectRows
from quizzes import drafts, lifecycle
from quizzes.attention import kept_seconds, most_seconds
from quizzes.drafts import Draft
from quizzes.kept_versions import dated, with_versions
from quizzes.kinds import (
    BadResponse,
    accepted,
    is_number,
    is_unreadable,
    no_question,
    told_reading,
)
from quizzes.lifecycle import Held
from quizzes.models import Answer, Attempt, Quiz
from quizzes.sheets import OUT_OF_SYNC, RUN, Place, Sheet

Responses = Mapping[int, Sequence[str]]
# For each question, and for the draft (RUN), the numbers of the saves that a page has seen or sent.
Known = Mapping[int, Collection[int]]
# Far more than a page ever sends, and far below what the column holds.
MOST_SAVES = 100_000_000


class PartlySaved(BadResponse):
    """A response could not be kept. The rest was, but for what was passed over."""

    def __init__(self, refusal: BadResponse, passed_over: Collection[int]) -> None:
        super().__init__(str(refusal))
        self.passed_over = passed_over


class Kept(NamedTuple):
    """An answer that is not locked, without what grading needs."""

    id: int
    position: int
    order: list[str]
    response: list[str]
    seq: int
    flagged: bool
    seconds: int | None


@dataclass(frozen=True)
class Saved:
    """The positions where a save was passed over, and what is answered now.

    The sheet is None when the attempt had ended; `refusal` is about the first response that could
    not be kept; `elsewhere` are the other positions where the page shows an outdated answer. In
    both, RUN stands for the draft.
    """

    passed_over: list[int]
    sheet: Sheet | None
    refusal: BadResponse | None = None
    expires_at: datetime | None = None
    elsewhere: Sequence[int] = ()


def save(
    attempt: Attempt,
    responses: Responses,
    seq: int,
    flags: Mapping[int, bool] | None = None,
    seconds: Mapping[int, int] | None = None,
    known: Known | None = None,
    draft: Draft | None = None,
) -> list[int]:
    """Keeps what a form holds, as `save_sheet` does; the positions where it was passed over."""
    told = flags, seconds, draft
    return save_sheet(attempt.pk, responses, seq, *told, known=known).passed_over


def save_sheet(
    attempt_id: UUID,
    responses: Responses,
    seq: int,
    flags: Mapping[int, bool] | None = None,
    seconds: Mapping[int, int] | None = None,
    draft: Draft | None = None,
    *,
    known: Known | None = None,
    whose: Person | None = None,
    about: Collection[int] = (),
) -> Saved:
    """Keeps responses and flags by position, unless something else was saved there meanwhile.

    So it does with the `draft` of what is typed for the run. Something else was saved where the
    number of the save that is kept is not `known` to the sender; from one who does not tell, where
    it is not below `seq`, the number of this save. `seconds` is how long a question was looked at,
    taken with what changes.

    There it is passed over, as when another tab has gone on, and the sender should be told. An
    attempt that has ended passes over all; where it says `whose`, so does one that is no test of
    theirs. Raises PartlySaved for what cannot be kept, after the rest was; and BadResponse, before
    anything is, when it is `about` a question that is not there.
    """
    if seq >= MOST_SAVES:
        raise BadResponse(OUT_OF_SYNC)
    told = flags or {}, seconds or {}, draft or {}
    saved = _save(attempt_id, whose, responses, seq, *told, known, about)
    if saved.refusal is not None:
        raise PartlySaved(saved.refusal, saved.passed_over) from saved.refusal
    return saved


@transaction.atomic
def _save(
    attempt_id: UUID,
    whose: Person | None,
    responses: Responses,
    seq: int,
    flags: Mapping[int, bool],
    seconds: Mapping[int, int],
    draft: Draft,
    known: Known | None,
    about: Collection[int],
) -> Saved:
    spoken_for = {*responses, *flags}
    held = lifecycle.held_test(attempt_id, whose) if whose else lifecycle.held(attempt_id)
    if held is None or lifecycle.is_overdue(held):
        return Saved(sorted(spoken_for), None)
    before = list(_KEPT(attempt=attempt_id))
    kept = {answer.position: answer for answer in before}
    if unknown := set(about) - kept.keys():
        raise BadResponse(no_question(min(unknown)))
    wanted, refusal = {}, None
    for position in sorted(spoken_for & kept.keys()):
        try:
            wanted[position] = _wanted(kept[position], responses, flags)
        except BadResponse as error:
            refusal = refusal or error
    changed = {it for it, answer in wanted.items() if answer != kept[it]}
    current = {it for it in wanted if is_current(kept[it], known, seq)}
    for position in changed & current:
        told = seconds.get(position, 0)
        answer = wanted[position]
        answer = answer._replace(seq=seq, seconds=seconds_of(held, answer.seconds, told))
        _write(kept[position], answer)
        kept[position] = answer
    # An older save of what is confirmed must not come after it either.
    if confirmed := [kept[it].id for it in current - changed if _is_contested(known, it)]:
        Answer.objects.filter(pk__in=confirmed).update(seq=seq)
    is_kept = keep_draft(held, draft, known, seq) is not None
    passed_over = sorted((changed - current) | (set() if is_kept else {RUN}))
    elsewhere = [] if known is None else _elsewhere(held, before, known, passed_over)
    return Saved(passed_over, _sheet(kept.values()), refusal, held.expires_at, elsewhere)


def is_current(answer: Kept | Answer, known: Known | None, seq: int | None) -> bool:
    """Whether nothing was saved at this question that the sender of save `seq` has not seen."""
    if known is None:
        return seq is None or answer.seq < seq
    return answer.seq in known.get(answer.position, ())


def _is_contested(known: Known | None, position: int) -> bool:
    """Whether another save of what is sent now may be under way, by the same sender.

    A page that tells what it knows has sent one if it knows more than what it was drawn with.
    """
    return known is None or len(known.get(position, ())) > 1


def keep_draft(held: Held, typed: Draft, known: Known | None, seq: int) -> Held | None:
    """Keeps what was typed for the run; None where something else was saved meanwhile.

    Returns the attempt as it is then.
    """
    if not typed:
        return held
    draft = dict(drafts.merged(held.draft, typed, held.own_seed))
    is_changed = draft != held.draft
    if not is_draft_current(held, known, seq):
        return None if is_changed else held
    if not is_changed and (known is None or not _is_contested(known, RUN)):
        return held  # a form that nobody has filled in keeps nothing
    _WRITE_DRAFT(id=held.id, draft=draft, draft_seq=seq)
    return held._replace(draft=draft, draft_seq=seq)


def is_draft_current(held: Held, known: Known | None, seq: int | None) -> bool:
    """Whether no draft was saved that the sender of save `seq` has not seen."""
    if known is None:
        return seq is None or held.draft_seq < seq
    return held.draft_seq in known.get(RUN, ())


def _elsewhere(
    held: Held, kept: Collection[Kept], known: Known, told: Collection[int]
) -> list[int]:
    """The positions where the sender shows an outdated answer, without those already told."""
    shown = (it for it in kept if it.position in known and it.position not in told)
    stale = sorted(it.position for it in shown if not is_current(it, known, None))
    is_stale = RUN not in told and not is_draft_current(held, known, None)
    return [*([RUN] if is_stale else []), *stale]


def _wanted(answer: Kept, responses: Responses, flags: Mapping[int, bool]) -> Kept:
    """The answer with what was posted to it; what was not spoken of is as before."""
    response = answer.response
    if (posted := responses.get(answer.position)) is not None:
        response = accepted_at(answer.position, answer.order, posted)
    flagged = flags.get(answer.position, answer.flagged)
    return answer._replace(response=response, flagged=flagged)


def _write(before: Kept, now: Kept) -> None:
    values = {"id": now.id, "seq": now.seq, "flagged": now.flagged, "seconds": now.seconds}
    if now.response != before.response:
        _WRITE_RESPONSE(**values, response=now.response)
    else:
        _WRITE_FLAG(**values)


def _sheet(answers: Collection[Kept]) -> Sheet:
    told = _told(answers)
    return Sheet(
        [Place(it.position, bool(it.response), it.flagged, *told[it.id]) for it in answers]
    )


def _told(answers: Collection[Kept]) -> dict[int, tuple[bool, str]]:
    """For each answer's key: whether it is not a number, and how it is read if it is one."""
    typed = [it for it in answers if not it.order]
    # A bare number is one for any question, which is read only where its unit may matter.
    doubtful = [it.id for it in typed if not is_number(it.response)]
    told = {it.id: (False, "") for it in answers}
    told |= {it.id: (False, told_reading(it.response)) for it in typed}
    if doubtful:
        for row in with_versions(list(dated(Answer.objects.filter(pk__in=doubtful)))):
            facts = row.version.facts
            read = told_reading(row.response, facts.unit)
            told[row.pk] = (is_unreadable(facts, row.response), read)
    return told


def seconds_of(held: Held, before: int | None, told: int) -> int | None:
    """How long a question was looked at, as far as what its page told can be believed."""
    begins_by_check = held.kind != Quiz.Kind.TEST
    most = most_seconds(held.started_at, timezone.now(), begins_by_check=begins_by_check)
    return kept_seconds(before, told, most)


def accepted_at(position: int, order: Sequence[str], response: Sequence[str]) -> list[str]:
    """The response as it is kept; raises BadResponse, which names the question."""
    try:
        return accepted(order, response)
    except BadResponse as error:
        raise BadResponse(f"Question {position}: {error}") from error


def _one() -> QuerySet[Answer]:
    return Answer.objects.filter(id=Given(Answer, "id"))


_KEPT = SelectRows(
    Kept,
    lambda: (
        Answer.objects.filter(attempt=Given(Answer, "attempt"), correct=None)
        .order_by("position")
        .values_list(*Kept._fields)
    ),
)
_CHANGES = {name: Given(Answer, name) for name in ("seq", "flagged", "seconds")}
_WRITE_DRAFT = Update(
    lambda: Attempt.objects.filter(id=Given(Attempt, "id")),
    draft=Given(Attempt, "draft"),
    draft_seq=Given(Attempt, "draft_seq"),
)
_WRITE_FLAG = Update(_one, **_CHANGES)
_WRITE_RESPONSE = Update(_one, **_CHANGES, response=Given(Answer, "response"), answered_at=Now())
