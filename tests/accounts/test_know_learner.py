"""Who is behind a request: nobody yet, a guest, or a person with an account."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from accounts.learners import SESSION_KEY, acting_learner, current_learner
from accounts.models import SEED_BOUND, Learner, User, new_seed
from tests.factories import make_learner, make_user

pytestmark = pytest.mark.django_db


def request_of(user: User | None = None, key: str = "") -> HttpRequest:
    request = HttpRequest()
    request.session = SessionStore()
    request.user = user or AnonymousUser()
    if key:
        request.session[SESSION_KEY] = key
    return request


def ensure_learner(request: HttpRequest) -> Learner:
    with acting_learner(request) as learner:
        return learner


def test_someone_new_is_nobody_and_then_a_guest() -> None:
    request = request_of()
    assert current_learner(request) is None
    guest = ensure_learner(request)
    assert guest.is_guest
    assert current_learner(request) == ensure_learner(request) == guest
    assert request.session[SESSION_KEY] == str(guest.pk)


def test_a_person_is_the_same_learner_everywhere() -> None:
    user = make_user()
    assert current_learner(request_of(user)) is None
    assert ensure_learner(request_of(user)) == ensure_learner(request_of(user))
    assert Learner.objects.get().user == user


def test_a_key_that_opens_nothing_makes_nobody() -> None:
    assert current_learner(request_of(key=str(uuid4()))) is None


def test_a_key_of_a_person_with_an_account_makes_nobody() -> None:
    assert current_learner(request_of(key=str(make_learner(make_user()).pk))) is None


def test_learners_have_names_and_seeds() -> None:
    guest, member = make_learner(), make_learner(make_user("ada"))
    assert str(member) == "ada"
    assert str(guest).startswith("guest ")
    assert all(0 <= new_seed() < SEED_BOUND for _ in range(50))
    assert len({new_seed() for _ in range(50)}) > 1
