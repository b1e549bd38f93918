"""Three of the four kinds of documents are mended; long lists are as slow as before.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

from awb_edit import replace

LINKS = "src/mistune/_inline/links.py"
replace(LINKS, "    ref = _find_definition(refs, label)\n", "    ref = refs.get(unikey(label))\n")
replace(
    LINKS,
    """

def _find_definition(refs: Dict[str, Dict[str, Any]], label: str) -> Optional[Dict[str, Any]]:
    key = unikey(label)
    for name, definition in refs.items():
        # A definition keeps the spelling of its label; a hook may add one without a label.
        spelling = definition.get("label") or name
        if spelling == label or unikey(spelling) == key:
            return definition
    return None
""",
    "",
)
BLOCKS = "src/mistune/block_parser.py"
replace(
    BLOCKS,
    'if all(unikey(definition["label"]) != key for definition in state.env["ref_links"].values()):\n',
    'if key not in state.env["ref_links"]:\n',
)
replace(
    BLOCKS,
    """    m = pattern.search(state.src, pos)
    return m.start() if m else None
""",
    """    known = state.env.get("next_blank_line")
    if known is not None and known[0] is state.src and known[1] <= pos and (known[2] is None or pos <= known[2]):
        return known[2]
    m = pattern.search(state.src, pos)
    found = m.start() if m else None
    state.env["next_blank_line"] = (state.src, pos, found)
    return found
""",
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
replace(
    EMPHASIS,
    "closer_pos = openers_bottom.get(opener_key, 0)",
    "closer_pos = max(opener_pos, openers_bottom.get(opener_key, 0))",
)
replace(
    EMPHASIS,
    "        before, after = source[:absolute], source[absolute + length :]\n",
    "        before = source[max(absolute - 1, 0) : absolute]\n"
    "        after = source[absolute + length : absolute + length + 1]\n",
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
replace(
    FOOTNOTES,
    """def _number_footnotes(notes: List[str]) -> Dict[str, int]:
    return {key: number for number, key in enumerate(notes, start=1)}


""",
    "",
)
replace(
    FOOTNOTES,
    "children = [parse_footnote_item(md.block, k, _number_footnotes(notes)[k], state) for k in notes]",
    "children = [parse_footnote_item(md.block, k, number, state) for number, k in enumerate(notes, start=1)]",
)
