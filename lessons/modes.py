"""The ten modes in which a topic can be read. Each answers one question about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    slug: str
    name: str
    question: str


MODES = {
    mode.slug: mode
    for mode in (
        Mode("overview", "Overview", "What is it, in plain words?"),
        Mode("intuition", "Intuition", "What does it look like?"),
        Mode("code", "Code", "How do I write it?"),
        Mode("pipeline", "Pipeline", "What happens to the data?"),
        Mode("experiment", "Experiment", "Can I prove it?"),
        Mode("math", "Math", "Can I do it by hand?"),
        Mode("debugging", "Debugging", "What goes wrong?"),
        Mode("compare", "Compare", "When do I choose what?"),
        Mode("recall", "Recall", "Do I still know it?"),
        Mode("challenge", "Challenge", "Can I use it alone?"),
    )
}
