"""The last part of a page's address."""

import unicodedata

LONGEST = 40
_SPECIAL = {"ß": "ss", "æ": "ae", "ø": "o", "&": " and "}


def slugify(title, longest=LONGEST):
    """Return a title as a slug: lower-case ASCII letters and digits, words joined by single hyphens.

    Accents are dropped, `ß` is `ss`, `æ` is `ae`, `ø` is `o`, `&` is the word `and`; everything else separates words.
    A slug is cut at the end of a word so that it has at most `longest` characters; a first word that is longer than
    that is cut anywhere. No hyphen stands at an end.

    Raises:
        ValueError: nothing is left of the title, or `longest` is less than 1.
    """
    if longest < 1:
        raise ValueError("longest must be at least 1")
    words = _words(title)
    if not words:
        raise ValueError(f"no letter or digit in {title!r}")
    slug = words[0][:longest]
    for word in words[1:]:
        if len(slug) + 1 + len(word) > longest:
            break
        slug += "-" + word
    return slug


def unique(slug, taken, longest=LONGEST):
    """Return the slug if it is not taken, else the first of `slug-2`, `slug-3`, ... that is free.

    Where that would be longer than `longest`, the slug is cut to make room for the number, and hyphens at its end go.
    """
    if slug not in taken:
        return slug
    number = 2
    while True:
        suffix = f"-{number}"
        candidate = slug[: longest - len(suffix)].rstrip("-") + suffix
        if candidate not in taken:
            return candidate
        number += 1


def _words(title):
    text = "".join(_SPECIAL.get(letter, letter) for letter in title.lower())
    plain = unicodedata.normalize("NFKD", text)
    kept = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(c if c.isascii() and c.isalnum() else " " for c in kept).split()
