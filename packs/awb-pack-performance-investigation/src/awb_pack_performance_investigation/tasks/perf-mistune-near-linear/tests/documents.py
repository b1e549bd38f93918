"""Documents of a wanted length together with the HTML they must give, both made from a random source.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

from __future__ import annotations

import random
from collections.abc import Callable

WORDS = (
    "amber basin cedar delta ember fjord grove haven inlet jetty knoll lagoon meadow north orchard prairie quarry "
    "ridge spring tundra upland valley willow yonder"
).split()
Document = tuple[str, str]


def catalogue(rng: random.Random, size: int) -> Document:
    """One block of link definitions and four uses of each on average."""
    labels = [f"{rng.choice(WORDS)} {number}" for number in range(size)]
    source = "".join(f"[{label}]: /{number}\n" for number, label in enumerate(labels)) + "\n"
    html = ""
    for _ in range(0, 4 * size, 10):
        uses = [rng.randrange(size // 2, size) for _ in range(10)]
        source += " ".join(f"[{labels[use].title()}]" for use in uses) + "\n\n"
        html += "<p>" + " ".join(f'<a href="/{use}">{labels[use].title()}</a>' for use in uses) + "</p>\n"
    return source, html


def checklist(rng: random.Random, size: int) -> Document:
    """One tight list."""
    items = [f"{rng.choice(WORDS)} {rng.choice(WORDS)}" for _ in range(size)]
    source = "".join(f"- {item}\n" for item in items)
    return source, "<ul>\n" + "".join(f"<li>{item}</li>\n" for item in items) + "</ul>\n"


def verse(rng: random.Random, size: int) -> Document:
    """One hard-wrapped paragraph, full of emphasis that runs over the line ends."""
    source, html = [], []
    for _ in range(size):
        first, second, third = rng.choice("abcdefg"), rng.choice("hijklmn"), rng.choice("opqrstu")
        source.append(f"**{first}\n{second}* {third}*")
        html.append(f"<em><em>{first}\n{second}</em> {third}</em>")
    return " ".join(source) + "\n", "<p>" + " ".join(html) + "</p>\n"


def annotated(rng: random.Random, size: int) -> Document:
    """A text with a footnote in each paragraph and a second look at an earlier one."""
    source = html = notes = section = ""
    for number in range(size):
        word, other, text = rng.choice(WORDS), rng.randrange(number + 1), rng.choice(WORDS)
        source += f"{word}[^n{number}] {word}[^n{other}]\n\n"
        html += f"<p>{word}{_mark(number)} {word}{_mark(other)}</p>\n"
        notes += f"[^n{number}]: {text}\n"
        back = f'<a href="#fnref-{number + 1}" class="footnote">&#8617;</a>'
        section += f'<li id="fn-{number + 1}"><p>{text}{back}</p></li>\n'
    return source + notes, html + '<section class="footnotes">\n<ol>\n' + section + "</ol>\n</section>\n"


def _mark(number: int) -> str:
    return f'<sup class="footnote-ref" id="fnref-{number + 1}"><a href="#fn-{number + 1}">{number + 1}</a></sup>'


FAMILIES: dict[str, tuple[Callable[[random.Random, int], Document], int, int]] = {
    # name: maker, largest size, work for one unit of size where it is linear
    "catalogue": (catalogue, 120, 7_850),
    "checklist": (checklist, 340, 2_330),
    "verse": (verse, 190, 5_780),
    "annotated": (annotated, 320, 3_620),
}
