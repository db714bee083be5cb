"""A question's facts for tests that need no database."""

from dataclasses import replace

from quizzes.facts import ChoiceFacts, NearFacts, QuestionFacts

FACTS = QuestionFacts(
    stem="<p>What moves?</p>",
    difficulty="easy",
    choices=(
        ChoiceFacts("aaaaaa", "the weights", correct=True),
        ChoiceFacts("bbbbbb", "the data", correct=False, mistake="<p>Data stays as it is.</p>"),
        ChoiceFacts("cccccc", "the code", correct=False, mistake="<p>Code is not trained.</p>"),
    ),
    hint="<p>Think of the optimizer.</p>",
    steps="<p>The optimizer changes variables.</p>",
    answer="<p>The weights move.</p>",
    quick_check="<p>Print one before and after.</p>",
    watch="Watch the first layer.",
)
KEY, WRONG = ["aaaaaa"], ["bbbbbb"]
ORDER = ["cccccc", "aaaaaa", "bbbbbb"]
# What must not be seen before the answer is locked.
SECRETS = ("optimizer changes", "weights move", "before and after", "stays as it is", "not trained")

MULTIPLE = replace(
    FACTS,
    kind="multiple",
    tags=("gradients",),
    choices=(
        ChoiceFacts("aaaaaa", "kernels", correct=True, feedback="<p>Kernels are trained.</p>"),
        ChoiceFacts("bbbbbb", "biases", correct=True, feedback="<p>So are biases.</p>"),
        ChoiceFacts("cccccc", "rows", correct=False, mistake="<p>Rows stay.</p>"),
        ChoiceFacts("dddddd", "labels", correct=False, mistake="<p>Labels stay.</p>"),
    ),
)
NUMERIC = replace(
    FACTS,
    kind="numeric",
    choices=(),
    value=1688.25,
    tolerance=0.5,
    unit="updates",
    near=(NearFacts(1700.75, 0.5, "<p>The last batch was rounded up.</p>"),),
)
TRUE_FALSE = replace(
    FACTS,
    kind="true_false",
    choices=(
        ChoiceFacts("aaaaaa", "True", correct=False, mistake="<p>It is not so.</p>"),
        ChoiceFacts("bbbbbb", "False", correct=True, feedback="<p>Well judged.</p>"),
    ),
)
