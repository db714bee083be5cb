"""A second step at sign-in: an app's code or a recovery code, each good for one time."""

import json
import logging
import re
from io import StringIO
from pathlib import Path

import pytest
import structlog
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils.html import escape
from pytest_django.fixtures import Settings

from accounts import second_step
from accounts.models import User
from config.env import ROOT
from tests.accounts.codes import ACTIVATE, confirm, recovery_codes, set_up_app, shown
from tests.accounts.test_come_back_after_sign_out import resent
from tests.factories import PASSWORD, client_of, make_lesson, make_teacher, make_topic, make_user
from tests.security.crawl import Page, body

pytestmark = pytest.mark.django_db
ADD, HERE = "/admin/lessons/lesson/add/", {"Origin": "http://testserver"}
LOGIN, STEP, INDEX = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/"
FORM = {"login": "ada", "password": PASSWORD}


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def at_second_step(name: str = "ada") -> Client:
    client = Client()
    assert client.post(LOGIN, {"login": name, "password": PASSWORD})["Location"] == STEP
    assert not signed_in(client)
    return client


@pytest.fixture
def ada() -> Client:
    return client_of(make_user("ada"))


def test_an_app_is_asked_for_its_code_after_the_password(ada: Client) -> None:
    secret = set_up_app(ada)
    client = at_second_step()
    refused = client.post(STEP, {"code": "000000"})
    assert "This code is not right" in refused.content.decode()
    assert not signed_in(client)
    client.post(STEP, {"code": shown(secret, 1)})
    assert signed_in(client)


def test_a_wrong_code_at_set_up_is_told_what_can_be_wrong_there(ada: Client) -> None:
    confirm(ada)
    ada.get(ACTIVATE)
    wrong = ada.post(ACTIVATE, {"code": "000000"}).content.decode()
    assert "This code is not right. Type the one that the app shows for Weightwise now" in wrong
    assert "recovery" not in wrong.split("</form>")[-2]
    for nothing in ("", "  ", "-"):
        page = ada.post(ACTIVATE, {"code": nothing}).content.decode()
        assert "Type the digits that the app shows for Weightwise." in page
        assert "clock" not in page


def test_a_code_does_not_work_twice_even_when_the_cache_was_emptied(ada: Client) -> None:
    secret = set_up_app(ada)
    code = shown(secret, 1)
    first = at_second_step()
    first.post(STEP, {"code": code})
    assert signed_in(first)
    cache.clear()
    client = at_second_step()
    refused = client.post(STEP, {"code": f"{code[:3]} {code[3:]}"}).content.decode()
    assert "has been used already" in refused
    assert not signed_in(client)


def test_the_code_that_set_the_app_up_does_not_sign_in(ada: Client) -> None:
    confirm(ada)
    secret = re.findall(r'<code class="key">(\w+)</code>', ada.get(ACTIVATE).content.decode())[0]
    code = shown(secret)
    assert ada.post(ACTIVATE, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    client = at_second_step()
    assert "has been used already" in client.post(STEP, {"code": code}).content.decode()
    assert not signed_in(client)
    confirmed = ada.post(f"{INDEX}reauthenticate/", {"code": code})
    assert confirmed.status_code == 200
    client.post(STEP, {"code": shown(secret, 1)})
    assert signed_in(client)


def test_a_recovery_code_signs_in_once(ada: Client) -> None:
    set_up_app(ada)
    codes = recovery_codes(ada)
    assert len(set(codes)) == 10
    client = at_second_step()
    client.post(STEP, {"code": codes[0]})
    assert signed_in(client)
    again = at_second_step()
    again.post(STEP, {"code": codes[0]})
    assert not signed_in(again)
    assert codes[0] not in recovery_codes(ada)


def test_changes_ask_for_the_password_again(ada: Client) -> None:
    for path in ("totp/activate/", "webauthn/add/"):
        assert "/accounts/reauthenticate/" in ada.get(INDEX + path)["Location"], path
    set_up_app(ada)
    stale = at_second_step()
    stale.post(STEP, {"code": recovery_codes(ada)[0]})
    for path in ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        assert "reauthenticate/" in stale.get(INDEX + path)["Location"], path
        refused = stale.post(INDEX + path)
        assert refused.status_code == 405 or "reauthenticate/" in refused["Location"], path
    assert Authenticator.objects.count() == 2


def test_turning_the_app_off_leaves_the_password_alone(ada: Client) -> None:
    set_up_app(ada)
    confirm(ada)
    ada.post(f"{INDEX}totp/deactivate/")
    assert not Authenticator.objects.exists()
    client = Client()
    client.post(LOGIN, FORM)
    assert signed_in(client)


def test_an_unconfirmed_address_is_confirmed_first() -> None:
    client = Client()
    values = {"username": "eve", "email": "eve@example.org"}
    client.post("/accounts/signup/", values | {"password1": PASSWORD, "password2": PASSWORD})
    page = client.get(ACTIVATE, follow=True).content.decode()
    assert "First confirm your email address" in page


def test_pages_hold_nothing_that_their_policy_refuses(ada: Client) -> None:
    set_up_app(ada)
    confirm(ada)
    paths = ["", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"]
    paths += ["webauthn/", "webauthn/add/", "reauthenticate/", "webauthn/reauthenticate/"]
    pages = {path: Page(path, body(ada.get(INDEX + path))) for path in paths}
    pages["authenticate/"] = Page(STEP, body(at_second_step().get(STEP)))
    pages["login"] = Page(LOGIN, body(Client().get(LOGIN)))
    assert {path: page.inline for path, page in pages.items() if page.inline} == {}


def test_secrets_stand_on_their_own_page_only(
    ada: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    secret = set_up_app(ada)
    codes = recovery_codes(ada)
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    user = User.objects.get(username="ada")
    texts = [ada.get(path).content.decode() for path in ("/", INDEX, "/me/", "/me/data/")]
    texts += [body(root.get(f"/admin/accounts/user/{user.pk}/{page}/")) for page in ("change",)]
    texts += [body(root.get("/admin/")), caplog.text]
    sung = [
        text[max(at - 80, 0) : at + 20]
        for word in (secret, seed, *codes)
        for text in texts
        if (at := text.find(word)) >= 0
    ]
    assert sung == []
    assert root.get("/admin/mfa/authenticator/").status_code == 404


@pytest.mark.django_db(transaction=True)
class TestStaff:
    @pytest.fixture(autouse=True)
    def production(self, settings: Settings) -> None:
        settings.STAFF_NEED_SECOND_STEP = True

    def test_the_admin_stays_shut_until_there_is_a_second_step(self) -> None:
        make_teacher("grace")
        client = Client()
        form = {"login": "grace", "password": PASSWORD, "next": "/admin/quizzes/question/"}
        assert client.post(LOGIN, form)["Location"] == INDEX, "led there after signing in"
        for address in ("/admin/", "/admin/quizzes/question/", "/admin/login/"):
            response = client.get(address, follow=True)
            assert response.request["PATH_INFO"] == INDEX, address
            assert "The authoring pages need a second step" in response.content.decode()
        assert client.post("/admin/quizzes/question/add/").status_code == 302
        set_up_app(client)
        assert client.get("/admin/quizzes/question/").status_code == 200

    def test_what_was_typed_is_kept_until_there_is_a_second_step(self) -> None:
        make_teacher("grace")
        client = Client()
        client.post(LOGIN, {"login": "grace", "password": PASSWORD})
        text = 'A <b>long</b> text\nof "two" lines'
        refused = client.post(ADD, {"title": text, "tags": ["a", "b"]}, headers=HERE)
        assert refused.status_code == 403
        page = refused.content.decode()
        assert "A second step comes first" in page
        assert f'href="{INDEX}"' in page
        assert "no-store" in refused["Cache-Control"]
        action, fields = resent(page)
        assert (action, fields) == (ADD, {"title": [text], "tags": ["a", "b"]})
        set_up_app(client)
        again = client.post(action, fields, headers=HERE)
        assert again.status_code == 200, "the form with what it lacks, and what was typed"
        assert escape(text) in again.content.decode()

    def test_so_is_what_is_sent_after_somebody_else_has_signed_in(self) -> None:
        student = client_of(make_user("ada"))
        refused = student.post(ADD, {"title": "Kept"}, headers=HERE)
        assert refused.status_code == 403
        page = refused.content.decode()
        assert "You are signed in as ada" in page
        assert resent(page) == (ADD, {"title": ["Kept"]})

    def test_the_admins_own_login_page_signs_nobody_in(self) -> None:
        make_teacher("grace")
        client = Client()
        client.post("/admin/login/", {"username": "grace", "password": PASSWORD})
        assert not signed_in(client)

    def test_a_session_from_before_stays_shut_out(self) -> None:
        grace = make_teacher("grace")
        thief, owner = client_of(grace), client_of(grace)
        secret = set_up_app(owner)
        assert owner.get("/admin/").status_code == 200
        assert thief.get("/admin/", follow=True).request["PATH_INFO"] == INDEX
        thief = at_second_step("grace")
        thief.post(STEP, {"code": shown(secret, 1)})
        assert thief.get("/admin/").status_code == 200

    def test_who_turns_it_off_is_shut_out_again(self) -> None:
        client = client_of(make_teacher("grace"))
        set_up_app(client)
        confirm(client)
        client.post(f"{INDEX}totp/deactivate/")
        assert client.get("/admin/", follow=True).request["PATH_INFO"] == INDEX

    def test_drafts_stay_shut_too(self) -> None:
        make_lesson(make_topic("gradients"), "intuition", state="draft")
        client = client_of(make_teacher("grace"))
        paths = [f"/learn/gradients/intuition/{page}" for page in ("", "check/", "read/")]
        assert client.get(paths[0]).status_code == 404
        assert [client.post(path).status_code for path in paths[1:]] == [404, 404]
        set_up_app(client)
        assert client.get(paths[0]).status_code == 200
        assert [client.post(path).status_code for path in paths[1:]] == [404, 302]

    def test_students_are_not_asked(self, ada: Client) -> None:
        client = Client()
        assert client.post(LOGIN, FORM)["Location"] == "/me/"
        assert "pages need a second step" not in ada.get(INDEX).content.decode()
        assert ada.get("/admin/", follow=True).status_code == 403


def test_the_demo_accounts_are_exempt_and_told_so() -> None:
    out = StringIO()
    call_command("prepare", demo=True, stdout=out)
    assert "sign in with the password alone" in out.getvalue()
    teacher = client_of(User.objects.get(username="teacher"))
    assert teacher.get("/admin/").status_code == 200
    assert "lets its demo accounts author" in teacher.get(INDEX).content.decode()


def reset_by(client: Client, *users: User) -> str:
    form = {"action": "reset_second_step", "_selected_action": [user.pk for user in users]}
    return client.post("/admin/accounts/user/", form, follow=True).content.decode()


def test_a_superuser_resets_it_for_somebody_who_lost_the_device(ada: Client) -> None:
    set_up_app(ada)
    root = make_user("root", is_staff=True, is_superuser=True)
    admin, user = client_of(root), User.objects.get(username="ada")
    set_up_app(admin)
    page = reset_by(admin, user, root)
    assert "Ada now signs in with the password alone" in page
    assert "Change your own" in page
    assert set(Authenticator.objects.values_list("user", flat=True)) == {root.pk}
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (root, "ada")
    assert "Reset two-step sign-in" in json.dumps(entry.get_change_message())


def test_staff_who_may_change_users_may_not_reset_it(ada: Client) -> None:
    from django.contrib.auth.models import Permission

    set_up_app(ada)
    clerk = make_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    reset_by(client_of(clerk), User.objects.get(username="ada"))
    assert Authenticator.objects.count() == 2


def test_a_command_resets_it_and_is_logged(ada: Client, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_app(ada)
    out = StringIO()
    call_command("reset_second_step", "ada", stdout=out)
    assert "password alone" in out.getvalue()
    assert not Authenticator.objects.exists()
    call_command("reset_second_step", "ada", stdout=out)
    assert "nothing was changed" in out.getvalue()
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_second_step", "nobody")


def test_where_there_is_no_second_step_nobody_is_signed_out(ada: Client) -> None:
    out, user = StringIO(), User.objects.get(username="ada")
    admin = client_of(make_user("root", is_staff=True, is_superuser=True))
    set_up_app(admin)
    with structlog.testing.capture_logs() as told:
        assert "nothing was changed" in reset_by(admin, user)
        call_command("reset_second_step", "ada", stdout=out)
    assert "nothing was changed" in out.getvalue()
    assert signed_in(ada)
    assert "second_step_reset" not in {it["event"] for it in told}


def test_a_reset_is_whole_or_not_at_all(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the lost device would stay signed in, and a second try find nothing to do."""
    set_up_app(ada)
    before = Authenticator.objects.count()

    def fail(user: User) -> None:
        raise OperationalError

    with monkeypatch.context() as failing:
        failing.setattr(second_step, "sign_out_everywhere", fail)
        with pytest.raises(OperationalError):
            call_command("reset_second_step", "ada")
    assert Authenticator.objects.count() == before
    call_command("reset_second_step", "ada", stdout=StringIO())
    assert not Authenticator.objects.exists()
    assert not signed_in(ada)


def test_pages_never_ask_for_a_permission_alone() -> None:
    """Outside the admin, which has a gate of its own, they ask `may_author`."""
    own = {Path("accounts/gate.py")}
    asking = {
        path.relative_to(ROOT)
        for package in ("accounts", "lessons", "quizzes", "training_jobs")
        for path in (ROOT / package).rglob("*.py")
        if "has_perm(" in path.read_text() and not path.name.startswith("admin")
    }
    assert asking == own
