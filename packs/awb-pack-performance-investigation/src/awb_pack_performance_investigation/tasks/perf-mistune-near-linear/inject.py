"""Turn the upstream package into the starting state.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

from awb_edit import replace

# Link references: looked up by comparing labels one after the other; the end of a definition is searched for anew.
replace(
    "src/mistune/_inline/links.py",
    "    ref = refs.get(unikey(label))\n    if ref is None:",
    "    ref = _find_definition(refs, label)\n    if ref is None:",
)
replace(
    "src/mistune/_inline/links.py",
    'return {"url": ref["url"], "title": ref.get("title")}, label, next_pos or end\n',
    'return {"url": ref["url"], "title": ref.get("title")}, label, next_pos or end\n'
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
)
replace(
    "src/mistune/block_parser.py",
    """    cache = state.env.get("__blank_line_starts__")
    if cache is None or cache[0] is not state.src:
        cache = (state.src, [m.start() for m in pattern.finditer(state.src)])
        state.env["__blank_line_starts__"] = cache

    positions = cache[1]
    index = bisect_left(positions, pos)
    if index < len(positions):
        return positions[index]
    return None
""",
    """    m = pattern.search(state.src, pos)
    return m.start() if m else None
""",
)
replace("src/mistune/block_parser.py", "from bisect import bisect_left\n", "")
replace(
    "src/mistune/block_parser.py",
    'if key not in state.env["ref_links"]:\n',
    'if all(unikey(definition["label"]) != key for definition in state.env["ref_links"].values()):\n',
)

# Lists: looseness is decided over all items again after each of them; a line is cut out of the rest of the source.
replace(
    "src/mistune/list_parser.py",
    """    if token["tight"] and _is_loose_list(child.tokens):
        token["tight"] = False

    token["children"].append(
        {
            "type": "list_item",
            "children": child.tokens,
        }
    )
""",
    """    token["children"].append(
        {
            "type": "list_item",
            "children": child.tokens,
        }
    )
    if token["tight"] and any(_is_loose_list(list_item["children"]) for list_item in token["children"]):
        token["tight"] = False

""",
)
replace(
    "src/mistune/core.py",
    """        end = self.src.find("\\n", pos)
        if end < 0:
            return len(self.src)
        return end + 1
""",
    """        line, newline, _ = self.src[pos:].partition("\\n")
        return pos + len(line) + len(newline)
""",
)

# Emphasis: shifted positions are summed over all earlier matches; the text around a run is cut out for each run.
replace(
    "src/mistune/_inline/emphasis.py",
    """        self._tree = [0] * (part_count + 1)
        self._next""",
    """        self._part_count = part_count
        self._collapsed: List[Tuple[int, int]] = []
        self._next""",
)
replace(
    "src/mistune/_inline/emphasis.py",
    """        index = delimiter.index
        total = 0
        cursor = index + 1
        while cursor:
            total += self._tree[cursor]
            cursor -= cursor & -cursor
        return index - total
""",
    """        index = delimiter.index
        for position, removed in self._collapsed:
            if position <= delimiter.index:
                index -= removed
        return index
""",
)
replace(
    "src/mistune/_inline/emphasis.py",
    """        if not removed:
            return
        cursor = closer.index + 1
        while cursor < len(self._tree):
            self._tree[cursor] += removed
            cursor += cursor & -cursor
""",
    """        if removed and closer.index < self._part_count:
            self._collapsed.append((closer.index, removed))
""",
)
replace(
    "src/mistune/_inline/emphasis.py",
    """        absolute = source_start + pos
        can_open = _can_open_emphasis(source, absolute, length, marker)
        can_close = _can_close_emphasis(source, absolute, length, marker)
""",
    """        absolute = source_start + pos
        before, after = source[:absolute], source[absolute + length :]
        can_open = _can_open_emphasis(before, after, marker)
        can_close = _can_close_emphasis(before, after, marker)
""",
)
replace(
    "src/mistune/_inline/emphasis.py",
    "closer_pos = max(opener_pos, openers_bottom.get(opener_key, 0))",
    "closer_pos = openers_bottom.get(opener_key, 0)",
)
for name in ("open", "close"):
    replace(
        "src/mistune/_inline/emphasis.py",
        f"""def _can_{name}_emphasis(text: str, start: int, size: int, marker: str) -> bool:
    previous = text[start - 1] if start > 0 else "\\n"
    next_char = text[start + size] if start + size < len(text) else "\\n"
""",
        f"""def _can_{name}_emphasis(before: str, after: str, marker: str) -> bool:
    previous = before[-1] if before else "\\n"
    next_char = after[0] if after else "\\n"
""",
    )

# Footnotes: numbers are worked out again for each reference, and once more for each note.
replace(
    "src/mistune/plugins/footnotes.py",
    """        notes = state.env.get("footnotes")
        if not notes:
            notes = []
        indexes = state.env.get("footnote_indexes")
        if not indexes:
            indexes = {note_key: index for index, note_key in enumerate(notes)}
            state.env["footnote_indexes"] = indexes
        if key not in indexes:
            notes.append(key)
            indexes[key] = len(notes) - 1
            state.env["footnotes"] = notes
        state.append_token({"type": "footnote_ref", "raw": key, "attrs": {"index": indexes[key] + 1}})
""",
    """        notes = state.env.setdefault("footnotes", [])
        numbers = _number_footnotes(notes)
        if key not in numbers:
            notes.append(key)
            numbers[key] = len(notes)
        state.append_token({"type": "footnote_ref", "raw": key, "attrs": {"index": numbers[key]}})
""",
)
replace(
    "src/mistune/plugins/footnotes.py",
    "def parse_ref_footnote(",
    """def _number_footnotes(notes: List[str]) -> Dict[str, int]:
    return {key: number for number, key in enumerate(notes, start=1)}


def parse_ref_footnote(""",
)
replace(
    "src/mistune/plugins/footnotes.py",
    "children = [parse_footnote_item(md.block, k, i + 1, state) for i, k in enumerate(notes)]",
    "children = [parse_footnote_item(md.block, k, _number_footnotes(notes)[k], state) for k in notes]",
)

# The upstream test is a stop-watch test of 1,000 levels; only its result is of use here.
replace(
    "tests/test_misc.py",
    """    def test_deeply_indented_list_does_not_scale_quadratically(self):
        payload = "\\n".join("  " * i + "- item" for i in range(1000))
        start = perf_counter()
        result = mistune.create_markdown()(payload)
        self.assertTrue(result.startswith("<ul>"))
        self.assertLess(perf_counter() - start, 2.0)
""",
    """    def test_deeply_indented_list(self):
        payload = "\\n".join("  " * i + "- item" for i in range(100))
        result = mistune.create_markdown()(payload)
        self.assertTrue(result.startswith("<ul>"))
""",
)
replace("tests/test_misc.py", "from time import perf_counter\n", "")
