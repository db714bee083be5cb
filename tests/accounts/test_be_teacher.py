"""The teacher's role: exactly what authoring needs."""

from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.demo import Made, create_demo_accounts
from accounts.models import User
from accounts.roles import sync_teacher_role
from accounts.usernames import skeleton
from tests.factories import PASSWORD, client_of, make_teacher, make_user

pytestmark = pytest.mark.django_db


def granted() -> set[str]:
    return {
        f"{app}.{action}_{model}"
        for app, models in settings.TEACHER_PERMISSIONS.items()
        for model, actions in models.items()
        for action in actions
    }


def test_a_teacher_has_exactly_the_settings_permissions() -> None:
    assert make_teacher().get_all_permissions() == granted()


def test_syncing_takes_back_what_is_granted_no_more() -> None:
    group = sync_teacher_role()
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    sync_teacher_role()
    assert make_teacher().get_all_permissions() == granted()


def test_a_permission_that_is_none_is_refused_by_name(settings: Settings) -> None:
    settings.TEACHER_PERMISSIONS = {"lessons": {"lesson": ["view", "burn"]}}
    with pytest.raises(Permission.DoesNotExist, match=r"\('lessons', 'burn_lesson'\)"):
        sync_teacher_role()


def test_the_role_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        sync_teacher_role()


def test_a_teacher_administers_nobody() -> None:
    assert not [name for name in granted() if name.startswith(("accounts.", "auth.", "account."))]
    client = client_of(make_teacher())
    for page in ("accounts/user/", "auth/group/", "account/emailaddress/", "accounts/user/add/"):
        assert client.get(f"/admin/{page}").status_code in {403, 404}


def test_a_teacher_signs_in_on_the_one_page_for_it() -> None:
    make_teacher("grace")
    client = Client()
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    form = {"login": "grace", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/", form)["Location"] == "/admin/"
    page = client.get("/admin/").content.decode()
    assert "Questions" in page
    assert "Users" not in page


def test_a_student_is_not_let_in() -> None:
    response = client_of(make_user()).get("/admin/", follow=True)
    assert response.status_code == 403


def test_demo_accounts_are_made_once() -> None:
    passwords = create_demo_accounts().passwords
    assert set(passwords) == {"teacher", "student"}
    assert create_demo_accounts() == Made()
    for name, password in passwords.items():
        assert Client().login(username=name, password=password)
    teacher, student = User.objects.get(username="teacher"), User.objects.get(username="student")
    assert teacher.get_all_permissions() == granted()
    assert (teacher.is_superuser, student.is_staff) == (False, False)


def test_a_missing_demo_account_is_made_again() -> None:
    create_demo_accounts()
    User.objects.filter(username="student").delete()
    assert set(create_demo_accounts().passwords) == {"student"}


@pytest.mark.parametrize("name", ["Student", "STUDENT", "stuԁent"])
def test_preparing_goes_on_where_somebody_has_a_name_like_that(name: str) -> None:
    User(username=name, skeleton=skeleton(name)).save_base()  # some are older than the rule
    out = StringIO()
    call_command("prepare", demo=True, stdout=out)
    assert "Demo account: teacher / " in out.getvalue()
    assert f"No demo account student: There is an account “{name}” already" in out.getvalue()
    assert "Demo account: student" not in out.getvalue()


def test_preparing_shows_the_passwords_once() -> None:
    first, second, plain = StringIO(), StringIO(), StringIO()
    call_command("prepare", demo=True, stdout=first)
    call_command("prepare", demo=True, stdout=second)
    assert "Demo account: teacher / " in first.getvalue()
    assert "Demo account: student / " in first.getvalue()
    assert "Demo account" not in second.getvalue()
    call_command("prepare", stdout=plain)
    assert "Reference runs: " in plain.getvalue()


def test_preparing_without_demo_makes_nobody() -> None:
    call_command("prepare", stdout=StringIO())
    assert not User.objects.exists()
