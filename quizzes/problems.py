"""Problems, which must be solved before a question can be published, and mere warnings."""

from dataclasses import dataclass


class Problem(str):
    """One thing to fix, in the author's words.

    `part` names where it is fixed: a field of the question, or its `choices` or `near_misses`.
    """

    __slots__ = ("part",)
    part: str

    def __new__(cls, words: str, part: str = "choices") -> "Problem":
        problem = super().__new__(cls, words)
        problem.part = part
        return problem


@dataclass(frozen=True)
class LintWarning:
    """A probable mistake, which only its author can judge.

    `reason` is why the author waives the warning; empty while nobody has.
    """

    code: str
    words: str
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return not self.reason
