"""{{ cookiecutter.canary }}

Another right implementation: a suite that tests private names, or more than is promised, is not green on it.
"""

import itertools
import re
import unicodedata

LONGEST = 40
_TABLE = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "&": " and "})


def slugify(title, longest=LONGEST):
    if longest < 1:
        raise ValueError(f"a slug of {longest} characters")
    decomposed = unicodedata.normalize("NFKD", title.lower().translate(_TABLE))
    letters = re.sub("[\u0300-\u036f]", "", decomposed)
    words = re.findall("[a-z0-9]+", letters)
    if not words:
        raise ValueError("an empty slug")
    if len(words[0]) >= longest:
        return words[0][:longest]
    while len("-".join(words)) > longest:
        words.pop()
    return "-".join(words)


def unique(slug, taken, longest=LONGEST):
    def candidates():
        yield slug
        for number in itertools.count(2):
            room = longest - len(str(number)) - 1
            yield f"{slug[:room].rstrip('-')}-{number}"

    return next(candidate for candidate in candidates() if candidate not in taken)
