"""A question's facts for tests that need no database."""

from quizzes.facts import ChoiceFacts, QuestionFacts

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
