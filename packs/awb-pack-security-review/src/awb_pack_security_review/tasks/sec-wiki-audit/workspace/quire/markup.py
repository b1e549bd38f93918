"""The markup of pages, and how it becomes HTML.

    = Heading =           # one to four signs
    * item                # lists, numbered with #
    > quotation
    ```                   # code until the next ```
    '''bold''' ''italic'' `code`
    [[Page title]] [[Page title|shown text]]
    [https://example.org shown text]
    {{image:name.png|alternative text}}
    {{macro arguments}}
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from quire.templates import Markup, escape, fmt, page_url
from quire.text import slugify

SCHEMES = ("http", "https", "mailto")
MAX_MACROS = 50
_INLINE = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<wiki>\[\[[^\[\]\n|]{1,200}(?:\|[^\[\]\n]{1,200})?\]\])"
    r"|(?P<link>\[[^\s\[\]]{1,1000}(?: [^\[\]\n]{1,200})?\])"
    r"|(?P<image>\{\{image:[^{}|\n]{1,120}(?:\|[^{}\n]{0,200})?\}\})"
    r"|(?P<macro>\{\{[a-z]+(?: [^{}\n]{0,300})?\}\})"
    r"|(?P<bold>'''[^'\n]+''')"
    r"|(?P<italic>''[^'\n]+'')"
)
_HEADING = re.compile(r"(={1,4}) (.{1,200}?) =+\s*")
_WIKI_LINK = re.compile(r"\[\[([^\[\]\n|]{1,200})(?:\|[^\[\]\n]{1,200})?\]\]")

Macro = Callable[[list[Any]], Markup]


@dataclass
class Context:
    """What rendering needs to know of the wiki."""

    slug: str
    exists: Callable[[str], bool]
    macros: dict[str, Macro]
    used: int = 0


def linked_slugs(text: str) -> set[str]:
    return {slugify(match[1]) for match in _WIKI_LINK.finditer(text)}


def render(text: str, context: Context) -> Markup:
    """The HTML of a page."""
    blocks: list[Markup] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            at = _code(lines, at, blocks)
        elif line[:2] in ("* ", "# "):
            at = _list(lines, at, blocks, context)
        elif line.startswith("> "):
            at = _quote(lines, at, blocks, context)
        elif heading := _HEADING.fullmatch(line):
            level = len(heading[1]) + 1
            anchor = slugify(heading[2])
            blocks.append(
                fmt('<h{0} id="{1}">{2}</h{0}>', level, anchor, inline(heading[2], context))
            )
            at += 1
        elif line.strip():
            at = _paragraph(lines, at, blocks, context)
        else:
            at += 1
    return Markup("\n".join(blocks))


def _code(lines: list[str], at: int, blocks: list[Markup]) -> int:
    language = slugify(lines[at][3:])
    end = at + 1
    while end < len(lines) and not lines[end].startswith("```"):
        end += 1
    body = "\n".join(lines[at + 1 : end])
    blocks.append(fmt('<pre><code class="language-{}">{}</code></pre>', language or "text", body))
    return end + 1


def _list(lines: list[str], at: int, blocks: list[Markup], context: Context) -> int:
    sign = lines[at][:2]
    kind = "ul" if sign == "* " else "ol"
    items = []
    while at < len(lines) and lines[at].startswith(sign):
        items.append(fmt("<li>{}</li>", inline(lines[at][2:], context)))
        at += 1
    blocks.append(fmt("<{0}>{1}</{0}>", kind, Markup("".join(items))))
    return at


def _quote(lines: list[str], at: int, blocks: list[Markup], context: Context) -> int:
    parts = []
    while at < len(lines) and lines[at].startswith("> "):
        parts.append(inline(lines[at][2:], context))
        at += 1
    blocks.append(fmt("<blockquote>{}</blockquote>", Markup("<br>".join(parts))))
    return at


def _paragraph(lines: list[str], at: int, blocks: list[Markup], context: Context) -> int:
    parts = []
    while at < len(lines) and lines[at].strip() and not lines[at].startswith(("```", "* ", "# ", "> ")):
        if parts and _HEADING.fullmatch(lines[at]):
            break
        parts.append(inline(lines[at], context))
        at += 1
    blocks.append(fmt("<p>{}</p>", Markup("\n".join(parts))))
    return at


def inline(text: str, context: Context) -> Markup:
    """The HTML of one line."""
    out: list[str] = []
    last = 0
    for match in _INLINE.finditer(text):
        out.append(escape(text[last : match.start()]))
        out.append(_piece(match, context))
        last = match.end()
    out.append(escape(text[last:]))
    return Markup("".join(out))


def _piece(match: re.Match[str], context: Context) -> Markup:
    raw = match[0]
    kind = match.lastgroup
    if kind == "code":
        return fmt("<code>{}</code>", raw[1:-1])
    if kind == "bold":
        return fmt("<b>{}</b>", raw[3:-3])
    if kind == "italic":
        return fmt("<i>{}</i>", raw[2:-2])
    if kind == "wiki":
        return _wiki_link(raw[2:-2], context)
    if kind == "link":
        return _link(raw[1:-1])
    if kind == "image":
        return _image(raw[8:-2], context)
    return _macro(raw[2:-2], context)


def _wiki_link(body: str, context: Context) -> Markup:
    title, _, shown = body.partition("|")
    slug = slugify(title)
    if not slug:
        return escape(f"[[{body}]]")
    css = "" if context.exists(slug) else Markup(' class="missing"')
    return fmt('<a href="{}"{}>{}</a>', page_url(slug), css, (shown or title).strip())


def _link(body: str) -> Markup:
    url, _, shown = body.partition(" ")
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return escape(f"[{body}]")
    if scheme and scheme not in SCHEMES:
        return escape(f"[{body}]")
    if not scheme and not url.startswith(("/", "#")):
        return escape(f"[{body}]")
    return fmt('<a href="{}" rel="nofollow noopener">{}</a>', url, shown or url)


def _image(body: str, context: Context) -> Markup:
    """An attachment shown in place; the alternative text may hold entities such as &eacute;."""
    name, _, alt = body.partition("|")
    source = page_url(context.slug, "file", name.strip())
    text = html.unescape(alt.strip() or name.strip()).replace("<", "&lt;").replace(">", "&gt;")
    return Markup(f'<img src="{escape(source)}" alt="{text}" loading="lazy">')


def _macro(body: str, context: Context) -> Markup:
    """`{{recent 5}}`, `{{tagged "boiler", 10}}`: arguments are Python literals."""
    name, _, rest = body.partition(" ")
    macro = context.macros.get(name)
    context.used += 1
    if macro is None or context.used > MAX_MACROS:
        return escape("{{" + body + "}}")
    try:
        arguments = ast.literal_eval(f"[{rest}]")
        return macro(list(arguments))
    except (ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, MemoryError, RecursionError):
        return fmt('<span class="error">bad arguments: {}</span>', body)
