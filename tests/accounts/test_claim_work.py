"""A guest's work is taken over by the account that the guest signs in to, once."""

import pytest
from django.test import Client

from accounts import learners
from accounts.learners import SESSION_KEY
from accounts.models import Learner
from quizzes import reading, services
from quizzes.models import Attempt, Card, LessonRead
from tests.factories import (
    PASSWORD,
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_run,
    make_topic,
    make_user,
    missed,
    quiz,
)
from training_jobs.models import Run

pytestmark = pytest.mark.django_db
CLAIM, DECLINE = "/accounts/claim/", "/me/guest/delete/"


@pytest.fixture
def guest() -> Client:
    """A guest's browser after a finished practice set and a run of its own."""
    topic = make_topic("gradients", practice=2)
    learner = make_learner()
    attempt = services.start(quiz(topic), learner)
    services.finish(attempt, {1: keyed(answers(attempt)[0])})
    make_run(topic, learner)
    return client_of(learner)


def sign_in(client: Client, name: str = "ada") -> None:
    client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_it_is_offered_after_signing_in_and_not_before(guest: Client) -> None:
    make_user("ada")
    assert CLAIM not in guest.get("/me/").content.decode()
    sign_in(guest)
    assert CLAIM in guest.get("/me/").content.decode()
    assert CLAIM not in Client().get("/me/").content.decode()


def test_it_moves_attempts_and_runs_once(guest: Client) -> None:
    user = make_user("ada")
    sign_in(guest)
    response = guest.post(CLAIM, follow=True)
    assert "now in your account" in response.content.decode()
    member = Learner.objects.get()
    assert member.user == user
    assert {attempt.learner for attempt in Attempt.objects.all()} == {member}
    assert [run.learner for run in Run.objects.all()] == [member, member]
    assert CLAIM not in guest.get("/me/").content.decode()
    assert "no guest" in guest.post(CLAIM, follow=True).content.decode()


def test_it_works_after_signing_up(guest: Client) -> None:
    form = {"username": "ada", "email": "ada@example.org"}
    guest.post("/accounts/signup/", form | {"password1": PASSWORD, "password2": PASSWORD})
    guest.post(CLAIM)
    assert Learner.objects.get().user is not None
    page = guest.get("/me/").content.decode()
    assert f"/attempts/{Attempt.objects.get().pk}/result/" in page
    assert guest.get(f"/attempts/{Attempt.objects.get().pk}/result/").status_code == 200


def test_the_guests_key_opens_nothing_afterwards(guest: Client) -> None:
    make_user("ada")
    stale = Client()
    session = stale.session
    session[SESSION_KEY] = guest.session[SESSION_KEY]
    session.save()
    result = f"/attempts/{Attempt.objects.get().pk}/result/"
    assert stale.get(result).status_code == 200
    sign_in(guest)
    guest.post(CLAIM)
    assert stale.get(result).status_code == 404
    assert stale.get(f"/runs/{Run.objects.all()[0].pk}/").status_code == 404
    assert SESSION_KEY not in guest.session


def test_it_joins_what_the_member_had_already(guest: Client) -> None:
    user = make_user("ada")
    member = make_learner(user)
    make_run(make_topic("another"), member)
    sign_in(guest)
    guest.post(CLAIM)
    assert Learner.objects.get() == member
    assert Run.objects.filter(learner=member).count() == 3


def test_nothing_is_promised_of_a_guest_who_is_gone_meanwhile(
    guest: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the lock, the sweep or another browser may be quicker."""
    make_user("ada")
    sign_in(guest)
    hold = learners.hold

    def late(*held: Learner) -> None:
        Learner.objects.filter(user=None).delete()
        hold(*held)

    monkeypatch.setattr(learners, "hold", late)
    page = guest.post(CLAIM, follow=True).content.decode()
    assert "now in your account" not in page
    assert "There was no guest work left" in page


def test_claiming_too_often_is_told_in_its_own_words(guest: Client) -> None:
    make_user("ada")
    sign_in(guest)
    assert {guest.post(CLAIM).status_code for _ in range(20)} == {302}
    refused = guest.post(CLAIM)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "take over a guest&#x27;s work 20 times" in refused.content.decode()
    assert "To keep accounts safe" not in refused.content.decode()


@pytest.mark.parametrize("had", [0, 1])
def test_attempts_are_numbered_on_after_those_that_the_member_had(guest: Client, had: int) -> None:
    practised = Attempt.objects.get()
    for _ in range(2):
        services.finish(services.start(practised.quiz, practised.learner), {})
    guests = list(Attempt.objects.order_by("number"))
    member = make_learner(make_user("ada"))
    for _ in range(had):
        services.finish(services.start(practised.quiz, member), {})
    sign_in(guest)
    guest.post(CLAIM)
    numbers = dict(member.attempts.values_list("pk", "number"))
    assert [numbers[attempt.pk] for attempt in guests] == [had + 1, had + 2, had + 3]


def test_the_members_own_open_attempt_goes_on_and_the_guests_is_kept_aside() -> None:
    topic, member = make_topic("gradients", practice=2), make_learner(make_user("ada"))
    own, other = services.start(quiz(topic), member), make_learner()
    guests = services.start(quiz(topic), other)
    services.check(guests, 1, keyed(answers(guests)[0]))
    guests_test = services.start(quiz(topic, "test"), other)
    guest = client_of(other)
    sign_in(guest)
    assert "That" in guest.get("/me/").content.decode().split("open, too.")[1], "told before"
    page = guest.post(CLAIM, follow=True).content.decode()
    assert "is set aside, because you have one open" in page, "and after"
    states = dict(Attempt.objects.filter(learner=member).values_list("pk", "state"))
    assert states == {own.pk: "open", guests_test.pk: "open", guests.pk: "void"}
    result = guest.get(f"/attempts/{guests.pk}/result/").content.decode()
    assert "This attempt was set aside" in result
    assert answers(guests)[0].correct is True
    assert "0 of 2 answered" in guest.get("/learn/gradients/").content.decode()


def test_an_inline_quiz_goes_on_as_the_member_left_it() -> None:
    topic, member, other = make_topic(inline=2), make_learner(make_user("ada")), make_learner()
    lesson = make_lesson(topic)
    own = services.start(quiz(topic, "inline"), member)
    guests = services.start(quiz(topic, "inline"), other)
    services.check(guests, 1, keyed(answers(guests)[0]))
    guest = client_of(other)
    sign_in(guest)
    guest.post(CLAIM)
    chosen = {"question": "1", "choice": keyed(answers(own)[0])}
    guest.post(f"{lesson.get_absolute_url()}check/", chosen)
    assert answers(own)[0].correct is True
    page = guest.get(lesson.get_absolute_url()).content.decode()
    assert page.count('class="verdict"') == 1


def test_cards_and_reads_follow_and_are_joined() -> None:
    topic, member, other = make_topic(practice=3), make_learner(make_user("ada")), make_learner()
    lessons = [make_lesson(topic, mode) for mode in ("code", "math")]
    missed(topic, member, 1)
    for number in (1, 2):
        missed(topic, other, number)
    for learner, lesson in ((member, lessons[0]), (other, lessons[0]), (other, lessons[1])):
        reading.mark_read(learner, lesson)
    guest = client_of(other)
    sign_in(guest)
    guest.post(CLAIM)
    assert sorted(len(card.recalls.all()) for card in Card.objects.filter(learner=member)) == [1, 2]
    assert Card.objects.count() == 2
    assert set(LessonRead.objects.values_list("learner", "lesson")) == {
        (member.pk, lesson.pk) for lesson in lessons
    }


def test_it_is_asked_on_every_page_until_it_is_decided(guest: Client) -> None:
    make_user("ada")
    sign_in(guest)
    for address in ("/", "/learn/gradients/", "/me/", "/accounts/email/"):
        assert CLAIM in guest.get(address).content.decode(), address
    guest.post(CLAIM)
    assert CLAIM not in guest.get("/").content.decode()


def test_who_says_no_is_not_asked_again_and_the_guests_work_is_gone(guest: Client) -> None:
    make_user("ada")
    sign_in(guest)
    page = guest.get(DECLINE).content.decode()
    assert "1 practice set" in page
    assert Attempt.objects.count() == 1, "looking removes nothing"
    page = guest.post(DECLINE, follow=True).content.decode()
    assert "is removed" in page
    assert CLAIM not in page
    assert not Attempt.objects.exists()
    assert not Run.objects.exclude(learner=None).exists()
    assert SESSION_KEY not in guest.session
    assert guest.post(DECLINE).status_code == 404


def test_only_a_guests_work_of_this_session_can_be_refused(guest: Client) -> None:
    assert guest.post(DECLINE).status_code == 404, "a guest has another way to remove it"
    member = client_of(make_user("eve"))
    assert member.get(DECLINE).status_code == 404
    assert member.post(DECLINE).status_code == 404
    assert member.put(DECLINE).status_code == 405
    assert Attempt.objects.count() == 1


def test_nobody_reaches_another_guests_work(guest: Client) -> None:
    stranger = Client()
    make_user("eve")
    sign_in(stranger, "eve")
    stranger.post(CLAIM, {"learner": guest.session[SESSION_KEY]})
    assert [run.learner_id for run in Run.objects.all()].count(None) == 0
    assert str(Attempt.objects.get().learner_id) == guest.session[SESSION_KEY]


def test_a_members_work_is_no_guests_work() -> None:
    """A session that names a learner with an account gives nobody that account's work."""
    victim = make_learner(make_user("ada"))
    run = make_run(make_topic(), victim)
    thief = Client()
    session = thief.session
    session[SESSION_KEY] = str(victim.pk)
    session.save()
    assert thief.get(f"/runs/{run.pk}/").status_code == 404
    make_user("eve")
    sign_in(thief, "eve")
    thief.post(CLAIM)
    run.refresh_from_db()
    assert run.learner == victim


def test_it_takes_an_account_and_a_post(guest: Client) -> None:
    response = guest.post(CLAIM)
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/"
    assert guest.get(CLAIM).status_code == 405
    make_user("ada")
    sign_in(guest)
    assert guest.get(CLAIM).status_code == 405
    assert Learner.objects.get().is_guest


def test_another_guests_work_that_waits_is_offered_where_its_page_is_asked_for(
    guest: Client,
) -> None:
    make_user("ada")
    result = f"/attempts/{Attempt.objects.get().pk}/result/"
    sign_in(guest)
    elsewhere = client_of(make_learner())
    here = Learner.objects.latest("created_at")
    sign_in(elsewhere)
    page = elsewhere.get(result)
    assert page.status_code == 404
    assert "move it to your account to open it" in page.content.decode()
    elsewhere.post(CLAIM, {"guest": elsewhere.session[SESSION_KEY]})
    assert elsewhere.get(result).status_code == 200
    assert elsewhere.session[SESSION_KEY] == str(here.pk), "that one still waits"
    make_user("bob")
    other = Client()
    sign_in(other, "bob")
    assert "move it" not in other.get(result).content.decode()
