"""What people are called: a name of their own choice, in any script, shown where they are named."""

import pytest
from django.test import Client

from accounts.models import Learner, User
from accounts.names import tidy
from authoring.characters import BLANK, SELECTORS
from quizzes import services
from quizzes.exports import answer_rows
from quizzes.personal_data import exported
from tests.accounts.test_sign_up import SIGNUP, signup_form
from tests.factories import client_of, make_learner, make_topic, make_user, quiz

pytestmark = pytest.mark.django_db
PAGE = "/accounts/name/"
NAMES = ["O'Brien", "Ngọc", "María José", "李", "Jean-Luc d’Arc", "محمد", "نیلوفر\u200cها"]
NAMES += ["葛\U000e0100城", "ᠠ\u180bᠨ", "Ada ❤\ufe0f"]
UNSEEN = ["a\u202eb", "a\u200fb", "a\0b", "a\tb", "a\x07b", "a\u2066b", "a\u200bb", "\u200dab"]
UNSEEN += [f"a{chr(code)}" for code in sorted(BLANK - SELECTORS)]
# A selector chooses the shape of the character before it; alone, or after another, of none.
UNSEEN += ["\ufe0f", "a \ufe00b", "a\u180b\u180c", "a\U000e0100\U000e0100"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_given_at_sign_up_and_shown_where_people_are_named(name: str) -> None:
    client = Client()
    assert client.post(SIGNUP, signup_form(name=name)).status_code == 302
    user = User.objects.get()
    assert user.name == name
    menu = client.get("/me/").content.decode()
    assert f'<summary dir="auto">{name.replace(chr(39), "&#x27;")}</summary>' in menu
    learner = Learner.objects.get_or_create(user=user)[0]
    assert str(learner) == f"{name} (ada)"


def test_it_can_be_left_out() -> None:
    client = Client()
    client.post(SIGNUP, signup_form())
    assert User.objects.get().name == ""
    assert '<summary dir="auto">ada</summary>' in client.get("/me/").content.decode()
    assert str(Learner(user=User.objects.get())) == "ada"


@pytest.mark.parametrize("name", NAMES)
def test_its_owner_changes_it(name: str) -> None:
    user = make_user("ada")
    client = client_of(user)
    assert client.post(PAGE, {"name": f"  {name} "}).status_code == 302
    user.refresh_from_db()
    assert user.name == name
    assert "Your name is saved." in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"name": ""}).status_code == 302
    user.refresh_from_db()
    assert user.name == ""


@pytest.mark.parametrize("name", UNSEEN)
def test_what_cannot_be_seen_in_it_is_refused_in_words(name: str) -> None:
    user = make_user("ada")
    page = client_of(user).post(PAGE, {"name": name})
    assert page.status_code == 422
    assert "there is an invisible character" in page.content.decode()
    assert "Null characters" not in page.content.decode()
    assert "“”" not in page.content.decode()
    user.refresh_from_db()
    assert user.name == ""
    refused = Client().post(SIGNUP, signup_form(username="eve", name=name))
    assert "there is an invisible character" in refused.content.decode()
    assert not User.objects.filter(username="eve").exists()


@pytest.mark.parametrize(
    ("name", "place"), [("\u202eab", "At the beginning"), ("a\u202eb", "After “a”")]
)
def test_it_is_said_where_that_stands(name: str, place: str) -> None:
    page = client_of(make_user("ada")).post(PAGE, {"name": name}).content.decode()
    assert f"{place} there is an invisible character (U+202E" in page


def test_a_name_that_is_too_long_is_refused_and_kept_to_be_shortened() -> None:
    user = make_user("ada")
    page = client_of(user).post(PAGE, {"name": "李" * 151}).content.decode()
    assert "at most 150 characters, and this one has 151" in page
    assert "李" * 151 in page
    assert client_of(user).post(PAGE, {"name": "李" * 150}).status_code == 302


def test_one_name_is_written_in_one_way() -> None:
    assert tidy("Ngo\u0323c") == "Ngọc"
    assert tidy("山田\u3000太郎") == "山田 太郎"
    assert tidy(" María \u00a0 José ") == "María José"


def test_nobody_changes_anybody_elses() -> None:
    assert Client().post(PAGE, {"name": "Eve"}).status_code == 302
    ada, eve = make_user("ada"), make_user("eve")
    client_of(eve).post(PAGE, {"name": "Eve", "username": "ada", "id": str(ada.pk)})
    ada.refresh_from_db()
    assert (ada.name, ada.username) == ("", "ada")


def test_teachers_read_it_in_tables_and_its_owner_in_what_is_kept() -> None:
    user = make_user("ada")
    user.rename("O'Brien")
    learner = make_learner(user)
    topic = make_topic("gradients", practice=1)
    attempt = services.start(quiz(topic), learner)
    services.finish(attempt, {})
    header, row = answer_rows(quiz(topic), with_staff=True)
    about = dict(zip(header, row, strict=True))
    assert (about["learner"], about["name"]) == ("ada", "O'Brien")
    assert exported(learner)["learner"]["account"]["name"] == "O'Brien"
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    for page in ("attempt", "answer"):
        text = root.get(f"/admin/quizzes/{page}/?q=O%27Brien").content.decode()
        assert "O&#x27;Brien (ada)" in text


def test_the_page_says_what_a_username_may_have() -> None:
    assert "etters and digits of any one script" in Client().get(SIGNUP).content.decode()
    refused = Client().post(SIGNUP, signup_form(username="O'Brien")).content.decode()
    assert "A username has letters, digits and @ . + - _ only" in refused
