"""The dominant cost of each kind of document is gone; smaller superlinear costs behind it remain.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

from awb_edit import replace

LINKS = "src/mistune/_inline/links.py"
replace(
    LINKS,
    """    key = unikey(label)
    for name, definition in refs.items():
        # A definition keeps the spelling of its label; a hook may add one without a label.
        spelling = definition.get("label") or name
        if spelling == label or unikey(spelling) == key:
            return definition
    return None
""",
    "    return refs.get(unikey(label))\n",
)
replace(
    "src/mistune/list_parser.py",
    'any(_is_loose_list(list_item["children"]) for list_item in token["children"])',
    "_is_loose_list(child.tokens)",
)
EMPHASIS = "src/mistune/_inline/emphasis.py"
replace(
    EMPHASIS,
    "        self._collapsed: List[Tuple[int, int]] = []\n",
    "        self._removed = [0] * (part_count + 1)\n",
)
replace(
    EMPHASIS,
    """        index = delimiter.index
        for position, removed in self._collapsed:
            if position <= delimiter.index:
                index -= removed
        return index
""",
    """        index = delimiter.index
        position = index + 1
        while position:
            index -= self._removed[position]
            position &= position - 1
        return index
""",
)
replace(
    EMPHASIS,
    "            self._collapsed.append((closer.index, removed))\n",
    """            position = closer.index + 1
            while position < len(self._removed):
                self._removed[position] += removed
                position += position & -position
""",
)
FOOTNOTES = "src/mistune/plugins/footnotes.py"
replace(
    FOOTNOTES,
    """        numbers = _number_footnotes(notes)
        if key not in numbers:
""",
    """        numbers = state.env.setdefault("footnote_numbers", {})
        if key not in numbers:
""",
)
