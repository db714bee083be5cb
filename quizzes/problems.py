"""What has to be mended before a question can be published."""


class Problem(str):
    """One thing to mend, in the author's words.

    `part` names where it is mended: a field of the question, or its `choices` or `near_misses`.
    """

    __slots__ = ("part",)
    part: str

    def __new__(cls, words: str, part: str = "choices") -> "Problem":
        problem = super().__new__(cls, words)
        problem.part = part
        return problem
