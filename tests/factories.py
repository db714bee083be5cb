"""Small rows to test with: a topic with questions, people with browsers, a run that has ended."""

from datetime import timedelta
from http.cookies import SimpleCookie
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.learners import SESSION_KEY
from accounts.models import Learner, User
from accounts.roles import sync_teacher_role
from authoring.models import State
from lessons.models import Lesson, Topic, Track
from quizzes import services as quiz_services
from quizzes.models import Answer, Attempt, Card, Choice, Question, Quiz, Recall
from quizzes.publishing import publish as publish_question
from quizzes.queries import quiz_of
from quizzes.regrading import affected, agreement, begin, go_on
from training_jobs import lifecycle, services
from training_jobs.engine.progress import Epoch, LayerState, Result, Start, Tick, WeightSample
from training_jobs.models import Experiment, Run

PASSWORD = "correct-horse-battery"
PLAN: dict[str, Any] = {
    "dataset": "tabular",
    "hidden_units": [8],
    "activation": "relu",
    "optimizer": "adam",
    "learning_rate": 0.01,
    "batch_size": 32,
    "epochs": 2,
    "seed": 3,
}
HTMX = {"HX-Request": "true"}

_numbers = count(1)


def make_experiment(slug: str = "", **changes: Any) -> Experiment:
    """A published experiment on the synthetic table."""
    slug = slug or f"experiment-{next(_numbers)}"
    values = {"title": "Small", "summary": "A small run.", "state": State.PUBLISHED, "plan": PLAN}
    return Experiment.objects.create(slug=slug, **(values | changes))


def make_track() -> Track:
    """The one published track that all topics of a test share."""
    values = {"title": "Foundations", "summary": "Where to start.", "state": State.PUBLISHED}
    return Track.objects.get_or_create(slug="foundations", defaults=values)[0]


def make_topic(slug: str = "", *, practice: int = 0, inline: int = 0, bank: int = 0) -> Topic:
    """A published topic with an experiment, and as many published questions as asked for."""
    slug = slug or f"topic-{next(_numbers)}"
    topic = Topic.objects.create(
        slug=slug,
        title=slug.replace("-", " ").capitalize(),
        summary="What it is about.",
        track=make_track(),
        experiment=make_experiment(f"{slug}-run"),
        state=State.PUBLISHED,
    )
    for use, wanted in (("practice", practice), ("inline", inline), ("bank", bank)):
        for position in range(1, wanted + 1):
            make_question(topic, use=use, position=position)
    return topic


def make_lesson(topic: Topic, mode: str = "experiment", **changes: Any) -> Lesson:
    """A published lesson; its source and texts can be given."""
    values: dict[str, Any] = {
        "title": "Watch it move",
        "summary": "See what training changes.",
        "minutes": 10,
        "source": "## The problem\n\nWeights move.\n\n[[inline-quiz]]\n",
        "key_insight": "Only the weights changed.",
        "state": State.PUBLISHED,
    }
    return Lesson.objects.create(topic=topic, mode=mode, **(values | changes))


def make_question(
    topic: Topic,
    *,
    use: str = "practice",
    right: int = 0,
    options: int = 4,
    publish: bool = True,
    **changes: Any,
) -> Question:
    """A question whose option number `right` is the key."""
    slug = changes.pop("slug", f"question-{next(_numbers)}")
    texts: dict[str, Any] = {
        "stem": f"What does **{slug}** ask?",
        "hint": "Think of the gradient.",
        "steps": "First this, then that.",
        "answer": "It asks this.",
        "quick_check": "Try it with zero.",
        "watch": "Watch the first layer.",
    }
    question = Question.objects.create(topic=topic, slug=slug, use=use, **(texts | changes))
    for number in range(options):
        keyed = number == right
        mistake = "" if keyed else f"Whoever takes {number} confuses it with {right}."
        text = f"`weights += {number}`"
        question.choices.create(position=number + 1, text=text, correct=keyed, mistake=mistake)
    if publish:
        publish_question(question)
    return question


def make_multiple(topic: Topic, *, publish: bool = True, **changes: Any) -> Question:
    """A question with four options, of which the first two are right."""
    question = make_question(topic, publish=False, **({"kind": "multiple"} | changes))
    question.choices.filter(position__in=(1, 2)).update(
        correct=True, mistake="", feedback="It belongs to them."
    )
    if publish:
        publish_question(question)
    return question


def make_true_false(topic: Topic, *, publish: bool = True, **changes: Any) -> Question:
    """A statement that is false."""
    values: dict[str, Any] = {"kind": "true_false", "options": 2, "right": 1}
    question = make_question(topic, publish=False, **(values | changes))
    for position, text in ((1, "True"), (2, "False")):
        question.choices.filter(position=position).update(text=text)
    if publish:
        publish_question(question)
    return question


def make_numeric(
    topic: Topic, *, value: float = 160.0, publish: bool = True, **changes: Any
) -> Question:
    """A question for a number of updates, with one near miss five below it."""
    values: dict[str, Any] = {"kind": "numeric", "unit": "updates", "options": 0, "value": value}
    question = make_question(topic, publish=False, **(values | changes))
    question.near_misses.create(value=value - 5, mistake="The short batch was left out.")
    if publish:
        publish_question(question)
    return question


def make_user(name: str = "ada", **changes: Any) -> User:
    """A person with an account and the password PASSWORD."""
    return User.objects.create_user(name, f"{name}@example.org", PASSWORD, **changes)


def make_teacher(name: str = "grace") -> User:
    """A person who may author, exactly as the teacher's role lets them."""
    user = make_user(name, is_staff=True)
    user.groups.add(sync_teacher_role())
    return user


def make_learner(user: User | None = None) -> Learner:
    """The learner of a user, or a guest."""
    return Learner.objects.create(user=user)


def client_of(someone: User | Learner) -> Client:
    """A browser in which this user is signed in, or this guest has been before."""
    client = Client()
    user = someone if isinstance(someone, User) else someone.user
    if user is not None:
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client
    session = client.session
    session[SESSION_KEY] = str(someone.pk)
    session.save()
    return client


def again(client: Client) -> Client:
    """Another browser with this one's cookies: what is done in it changes none of them."""
    other = Client()
    other.cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    return other


def quiz(topic: Topic, kind: str = "practice") -> Quiz:
    return quiz_of(topic, Quiz.Kind(kind))


def correct_the_key(question: Question) -> None:
    """Its first wrong option becomes the right one, in a new version; `question` is read anew."""
    question.refresh_from_db()
    key = question.choices.get(correct=True)
    other = question.choices.filter(correct=False)[0]
    question.choices.filter(pk=key.pk).update(correct=False, mistake="It was the key once.")
    question.choices.filter(pk=other.pk).update(correct=True, mistake="")
    publish_question(question)
    question.refresh_from_db()


def regrade(question: Question, number: int, reason: str, author: User) -> int:
    """Confirms the key of version `number` and goes on to the end; how many attempts changed."""
    regrading = begin(question, number, agreement(affected(question)), reason, author)
    while regrading.is_going:
        go_on(regrading, most=1)
    return regrading.changed


def keyed(answer: Answer) -> list[str]:
    """The right response to a question of an attempt, in the order in which it is kept."""
    return sorted(choice.id for choice in answer.version.facts.choices if choice.correct)


def mistaken(answer: Answer) -> list[str]:
    """A wrong response to a question of an attempt."""
    return [choice.id for choice in answer.version.facts.choices if not choice.correct][:1]


def answers(attempt: Attempt) -> list[Answer]:
    return list(attempt.answers.select_related("version").order_by("position"))


def missed(topic: Topic, learner: Learner, number: int = 1) -> Card:
    """The card of a practice question that the learner missed a day ago: it is due now."""
    attempt = quiz_services.start(quiz(topic), learner)
    answer = answers(attempt)[number - 1]
    quiz_services.check(attempt, number, mistaken(answer))
    cards = Card.objects.filter(learner=learner, question=answer.version.question)
    now = timezone.now()
    Recall.objects.filter(card__in=cards).update(at=now - timedelta(days=1, seconds=1))
    cards.update(due_at=now - timedelta(seconds=1))
    return cards.select_related("question__version", "learner").get()


def right_choice(question: Question) -> str:
    """The value of the radio button that is right."""
    return Choice.objects.get(question=question, correct=True).ident


def wrong_choice(question: Question) -> str:
    """The value of a radio button that is wrong."""
    return Choice.objects.filter(question=question, correct=False)[0].ident


def make_run(topic: Topic, learner: Learner | None = None) -> Run:
    """A queued run of the topic's experiment; without a learner its reference run."""
    if learner is None:
        return services.request_reference_run(topic.experiment)
    return services.request_run(topic.experiment, learner, key=f"run-{next(_numbers)}")


def finish_run(run: Run, accuracy: float = 0.93) -> Run:
    """Lets an imagined worker claim this run, which is next in the queue, and report its end."""
    claimed = lifecycle.claim_next()
    assert claimed is not None
    assert claimed.id == run.id
    for report in _reports(claimed.plan):
        lifecycle.record(claimed, report)
    assert lifecycle.succeed(claimed, _result(accuracy))
    claimed.refresh_from_db()
    return claimed


def _reports(plan: dict[str, Any]) -> list[Start | Tick | Epoch]:
    return [
        _start(plan),
        Tick(0.5, 16, 0.6, 0.7, _layers(0.1, samples=False)),
        Epoch(1, 0.4, 0.8, None, None, 0.1, _layers(0.2)),
        Epoch(2, 0.3, 0.9, None, None, 0.1, _layers(0.3)),
    ]


def _start(plan: dict[str, Any]) -> Start:
    dataset = {
        "name": "tabular",
        "title": "a synthetic table",
        "source": "made by a test",
        "digest": "0" * 64,
        "shape": [2],
        "features": 2,
        "classes": 2,
        "rows": 1000,
        "train_rows": 1000,
        "validation_rows": 0,
        "test_rows": 200,
        "dead_inputs": 0,
        "stages": [_stage(name) for name in ("load", "split", "scale", "train")],
    }
    return Start(plan, dataset, 42, 0.52, 0.71, _layers(0.0))


def _result(accuracy: float) -> Result:
    prediction = {
        "row": 0,
        "layers": [
            {"name": "input", "size": 2, "values": [0.25, 0.75], "zeros": 0},
            {"name": "hidden_1", "size": 2, "values": [0.0, 1.5], "zeros": 1},
            {"name": "output", "size": 2, "values": [0.1, 0.9], "zeros": 0},
        ],
        "predicted": 1,
        "probability": 0.9,
        "actual": 1,
    }
    layers = _layers(0.4)
    return Result(0.21, accuracy, 0.52, 0.3, layers, prediction, [_stage("evaluate")])


def _stage(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "operation": f"what {name} does",
        "shape_in": "(1200, 2)",
        "shape_out": "(1000, 2) + (200, 2)",
        "columns": ["x0", "x1", "class"],
        "rows": [[0.125, 0.5, "1"]],
    }


def _layers(moved: float, *, samples: bool = True) -> tuple[LayerState, ...]:
    return tuple(
        LayerState(
            name,
            shape,
            moved,
            moved / 2,
            samples=(WeightSample((1, 0), 0.5 + moved),) if samples else (),
        )
        for name, shape in (("hidden_1", (2, 8)), ("output", (8, 2)))
    )
