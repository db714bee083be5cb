"""Finds where a text names an option by its letter. Pure.

Letters follow the order in which options are shown: a text that names one will sooner or later name
the wrong one. A letter may also be a quantity, an article or a name, so it counts only where the
text speaks of options, and not if the question itself uses it.
"""

import re
from collections.abc import Iterator

# A capital letter by itself or in brackets; not "A4", "A's" or "C++", and not a quantity as in
# "C(n)" or "B = 32". A lone "A" before a word is an article.
FOLLOWED = "and|or|nor|is|are|was|were|but|only|alone|remains|because|must|can|cannot|would"
ARTICLE = rf"A(?= +(?!(?:{FOLLOWED})\b)[a-z])"
ALONE = rf"(?<![\w.'’-])(?:[(\[][A-Ha-h][)\]]|(?!{ARTICLE})[A-H])(?![\w'’(\[-])"
NO_TERM = r"(?! ?[=×·⋅∗^_≤≥<>∈/]| ?[-+*−] ?[\w(]|\+\+)"
LETTER = rf"{ALONE}{NO_TERM}"
SMALL = r"(?:[b-h](?![\w'’-])|a(?= *(?:[.,;:!?)]|$)| +(?:and|or|is|are)\b))"
AND = r" ?(?:, ?(?:and |or )?|and |or |nor |& ?|/ ?|but |as well as )"
LETTERS = rf"{LETTER}(?:{AND}{LETTER}){{1,7}}"
ONE_OR_MORE = rf"{LETTER}(?:{AND}{LETTER}){{0,7}}"
IS = r" (?:is|are|was|were|remains?|must be|cannot be|can be|would be)"
JUDGED = (
    r"(?: both| all| also| not| clearly| therefore| thus| the| an?| only| obviously){0,4}"
    r" (?:right|correct|wrong|incorrect|true|false|possible|impossible|plausible|out|left|"
    r"answers?|options?|choices?|excluded|eliminated|best|distractors?)\b"
)
NOUN = r"\b(?i:option|answer|choice|alternative|distractor|response|letter)s?"
CHOSEN = (
    r"\b(?i:choose|chooses|chose|chosen|choosing|pick|picks|picked|picking|select|selects|"
    r"selected|tick|ticked|mark|marked|rules? out|ruled out|excludes?|eliminates?|leaves)"
)
BUT = r"\b(?i:all|none|any|nothing|everything|each) (?:but|except)(?: for)?"
# Certainly an option.
NAMED = [re.compile(rf"{NOUN}:? (?:{LETTER}|{SMALL})")]
# Most likely an option, unless the question itself gives the letter a meaning.
LIKELY = [
    re.compile(rf"\b(?i:answer|choice|solution)s?(?: is| are|:) (?:both )?(?:{LETTER}|{SMALL})"),
    re.compile(rf"\b(?i:both|either|neither|only|just|not) {LETTERS}"),
    re.compile(rf"\b(?i:only|just) {LETTER}(?= ?(?:[.,;:!?]|$)|{IS})"),
    re.compile(rf"{ONE_OR_MORE}{IS}{JUDGED}"),
    re.compile(rf"^{LETTERS}(?: only| both)?[.!]?$"),
    re.compile(rf"(?:{CHOSEN}|{BUT}) (?:both |only )?{LETTER}"),
    re.compile(rf"\b(?i:see|unlike|than|compare) (?:[(\[][A-Ha-h][)\]]|{LETTERS})"),
]
SYMBOL = re.compile(ALONE)


def named_letters(text: str, question: str = "") -> str:
    """The first words of the text that name an option by a letter; empty if none do.

    Both are plain texts. A letter that the `question` itself uses has the meaning given there.
    """
    meant = {found[0].strip("()[]") for found in SYMBOL.finditer(question)}
    return next(_found(text, meant), "")


def _found(text: str, meant: set[str]) -> Iterator[str]:
    text = " ".join(text.split())
    for pattern in NAMED:
        yield from (found[0].strip() for found in pattern.finditer(text))
    for pattern in LIKELY:
        for found in pattern.finditer(text):
            letters = {letter.strip("()[]") for letter in SYMBOL.findall(found[0])}
            if not letters or letters - meant:
                yield found[0].strip()
