"""Who reaches what: a table of every address, which fails when an address is not in it."""

import re
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Learner, Session, User
from quizzes import services
from quizzes.models import Attempt
from tests.factories import (
    HTMX,
    again,
    client_of,
    make_learner,
    make_lesson,
    make_teacher,
    make_topic,
    make_user,
    missed,
    quiz,
)
from tests.security.hostile import World
from training_jobs.groups import request_sweep

pytestmark = pytest.mark.django_db

ALL = 200, 200, 200, 200, 200
MINE = 404, 200, 404, 404, 404
ASKS = 400, 400, 400, 400, 400
ALL_MISSING = 404, 404, 404, 404, 404
POST = 405, 405, 405, 405, 405
SIGNED_IN = 302, 200, 200, 200, 200
SIGNED_OUT = 200, 302, 302, 302, 302
NOT_SET_UP = 302, 404, 404, 404, 404
ELSEWHERE = 302, 302, 302, 302, 302

# A GET of each address by a guest, the student that owns it, another one, a teacher, a superuser.
TABLE: dict[str, tuple[int, int, int, int, int]] = {
    "home": ALL,
    "topic": ALL,
    "lesson": ALL,
    "practice": ALL,
    "test": ALL,
    "check_inline": POST,
    "attempt": MINE,
    "finish": POST,
    "result": MINE,
    "train": POST,
    "me": ALL,
    "my_attempts": ALL,
    "my_runs": ALL,
    "mark_read": POST,
    "review": ALL,
    "card": MINE,
    "rate": POST,
    "my_data": ALL,
    "forget_guest": ALL_MISSING,  # none of them has done anything as a guest before
    "forget_me": ALL,
    "experiment": ALL,
    "run": MINE,
    "run_events": MINE,
    "run_snapshot": MINE,
    "cancel_run": POST,
    "repeat_run": POST,
    "history_csv": MINE,
    "history_json": MINE,
    "run_script": ALL_MISSING,  # this run is still queued, so there is none even for its owner
    "run_model": ALL_MISSING,
    "compare_runs": ASKS,  # without runs it asks for them
    "compare_curves": ASKS,
    "race": POST,
    "start_sweep": POST,
    "sweep": MINE,
    "claim_guest": POST,
    "signed_in": SIGNED_IN,
    "change_name": SIGNED_IN,
    "view_on_site": (302, 302, 302, 404, 404),  # of an attempt, with a key that cannot be one
    "healthz": ALL,
    "readyz": ALL,
    "metrics": ALL,
    "account_login": SIGNED_OUT,
    "account_logout": SIGNED_IN,
    "account_inactive": ALL,
    "account_signup": SIGNED_OUT,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_email_verification_sent": ALL,
    "account_change_password": SIGNED_IN,
    "account_set_password": ELSEWHERE,  # everybody has a password
    "account_reset_password": ALL,
    "account_reset_password_done": ALL,
    "account_reset_password_from_key": ALL_MISSING,  # the page says what to do without a key
    "account_reset_password_from_key_done": ALL,
    "account_confirm_email": ALL_MISSING,  # likewise
    "account_confirm_login_code": ELSEWHERE,  # nobody asked for one
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": ELSEWHERE,  # nobody is between the two steps
    "mfa_reauthenticate": ELSEWHERE,  # nobody has set up a second step
    "mfa_activate_totp": ELSEWHERE,  # each of these asks for the password again first
    "mfa_deactivate_totp": NOT_SET_UP,
    "mfa_view_recovery_codes": NOT_SET_UP,
    "mfa_generate_recovery_codes": ELSEWHERE,
    "mfa_download_recovery_codes": NOT_SET_UP,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": ELSEWHERE,
    "mfa_reauthenticate_webauthn": ELSEWHERE,
    "mfa_remove_webauthn": ELSEWHERE,
    "mfa_edit_webauthn": ELSEWHERE,
    "mfa_login_webauthn": ELSEWHERE,
}

OF_A_RUN = (
    "run",
    "run_events",
    "run_snapshot",
    "cancel_run",
    "repeat_run",
    "history_csv",
    "history_json",
    "run_script",
    "run_model",
)


def named(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from named(pattern.url_patterns, inner)
        else:
            assert pattern.name or namespace == "admin:", f"{pattern} has no name"
            yield f"{namespace}{pattern.name}"


def names() -> set[str]:
    return set(named(get_resolver().url_patterns))


def admin_addresses(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    """Every address of the admin, with a 1 where it has a variable."""
    for pattern in patterns:
        address = prefix + re.sub(r"<[^>]+>|\(.*\)|[\^$]", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from admin_addresses(pattern.url_patterns, address)
        else:
            yield address


def test_every_address_is_in_the_table() -> None:
    assert {name for name in names() if not name.startswith("admin:")} == set(TABLE)


@pytest.fixture
def people(world: World) -> list[Client]:
    return [again(person) for person in world.people]


def make_people() -> list[Client]:
    """A guest, ada, who owns what belongs to somebody, another student, a teacher, a superuser."""
    owner, other = make_learner(make_user("ada")), make_learner(make_user("eve"))
    staff = make_teacher("grace"), make_user("root", is_staff=True, is_superuser=True)
    for user in User.objects.all():  # as signing up does; allauth would do it at some later request
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    members: list[User | Learner] = [owner, other, *staff]
    return [Client(), *map(client_of, members)]


@pytest.fixture
def addresses(world: World) -> dict[str, str]:
    return world.addresses


def make_addresses() -> dict[str, str]:
    """One address of each name; whatever belongs to somebody belongs to ada."""
    topic = make_topic("gradients", practice=2, inline=1)
    make_lesson(topic)
    owner = Learner.objects.get(user__username="ada")
    finished = services.start(quiz(topic), owner)
    services.finish(finished, {})
    going = services.start(quiz(topic, "test"), owner)
    finished.refresh_from_db()
    card = missed(make_topic(practice=1), owner)
    given: dict[str, list[object]] = {
        "topic": ["gradients"],
        "lesson": ["gradients", "experiment"],
        "practice": ["gradients", 1],
        "test": ["gradients"],
        "check_inline": ["gradients", "experiment"],
        "mark_read": ["gradients", "experiment"],
        "card": [card.pk],
        "rate": [card.pk],
        "experiment": ["gradients-run"],
        "race": ["gradients-run"],
        "start_sweep": ["gradients-run"],
        "sweep": [request_sweep(topic.experiment, owner, key="a")],
        "attempt": [going.pk],
        "finish": [going.pk],
        "result": [finished.pk],
        "train": [finished.pk],
        "account_reset_password_from_key": ["1", "no-key"],
        "account_confirm_email": ["no-key"],
        "view_on_site": [ContentType.objects.get_for_model(Attempt).pk, "1"],
        "mfa_remove_webauthn": [1],
        "mfa_edit_webauthn": [1],
    }
    runs: dict[str, list[object]] = {name: [finished.run_id] for name in OF_A_RUN}
    return {name: reverse(name, args=(given | runs).get(name, [])) for name in TABLE}


@pytest.mark.parametrize("name", TABLE)
def test_each_person_gets_what_the_table_says(
    people: list[Client], addresses: dict[str, str], name: str
) -> None:
    answers = tuple(person.get(addresses[name]).status_code for person in people)
    assert answers == TABLE[name]


# What scripts send along, and what makes a view answer them otherwise.
SCRIPTS = [{}, HTMX, {"X-Requested-With": "XMLHttpRequest"}, {"Accept": "application/json"}]


@pytest.mark.parametrize("name", sorted(TABLE.keys() - {"mfa_login_webauthn"}))  # which is counted
def test_a_visitor_without_cookies_leaves_no_session(addresses: dict[str, str], name: str) -> None:
    """It would be kept for months. A guest has one, and guests are counted."""
    before = Session.objects.count() - Learner.objects.count()
    for headers in SCRIPTS:
        for method in ("GET", "HEAD", "POST"):
            Client().generic(method, addresses[name], headers=headers)
    assert Session.objects.count() - Learner.objects.count() == before


@pytest.mark.parametrize("name", TABLE)
def test_a_get_changes_no_attempt(
    people: list[Client], addresses: dict[str, str], name: str
) -> None:
    before = list(Attempt.objects.values().order_by("pk"))
    for person in people:
        person.get(addresses[name])
    assert list(Attempt.objects.values().order_by("pk")) == before


ADMIN = sorted(set(admin_addresses(admin.site.get_urls(), "/admin/")))


def test_the_admin_is_closed_to_everyone_but_staff(people: list[Client]) -> None:
    guest, student, *_ = people
    assert len(ADMIN) > 50
    for address in ADMIN:
        response = guest.get(address, follow=True)
        assert response.request["PATH_INFO"] == "/accounts/login/", address
        assert student.get(address, follow=True).status_code == 403, address


@pytest.mark.parametrize("action", ["view", "add"])
def test_a_teacher_reaches_what_the_role_says(people: list[Client], action: str) -> None:
    teacher = people[3]
    for model in admin.site._registry:
        app, name = model._meta.app_label, model._meta.model_name
        granted = action in settings.TEACHER_PERMISSIONS.get(app, {}).get(str(name), [])
        page = "changelist" if action == "view" else "add"
        status = teacher.get(reverse(f"admin:{app}_{name}_{page}")).status_code
        assert status == (200 if granted else 403), f"{app} {name}"


def test_a_superuser_reaches_every_list(people: list[Client]) -> None:
    for model in admin.site._registry:
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert people[4].get(reverse(page)).status_code == 200
