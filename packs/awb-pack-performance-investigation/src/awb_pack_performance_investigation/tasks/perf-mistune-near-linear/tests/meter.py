"""Count the work of a call: interpreted instructions plus the data that built-in operations read or copy.

Every Python frame is traced instruction by instruction. Before an instruction that hands a whole string or container
to C code (a slice, `in`, a concatenation, a call of a built-in) its operands are read from the value stack, and the
characters or elements it touches are charged at a rate close to what they cost next to an instruction. Nothing here
depends on time. CPython 3.11 only: the frame layout is checked by `self_check`.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

from __future__ import annotations

import ctypes
import dis
import re
import sys
from collections import deque
from types import CodeType, FunctionType, MethodType

COPY = 1 / 32
"""Cost of one copied or searched character."""
SCAN = 1 / 6
"""Cost of one character under a regular expression."""
MOVE = 1 / 32
"""Cost of one shifted list element."""
TOUCH = 1 / 2
"""Cost of one element that is compared, hashed or collected."""

_FRAME, _TOP, _SLOTS = 24, 64, 72
_address = ctypes.c_void_p.from_address
_small = ctypes.c_int.from_address
_object = ctypes.py_object.from_address

_WATCHED = {
    "BINARY_SUBSCR", "CONTAINS_OP", "COMPARE_OP", "BINARY_OP", "BUILD_STRING", "LIST_EXTEND", "SET_UPDATE",
    "DICT_UPDATE", "DICT_MERGE", "LIST_TO_TUPLE", "STORE_SUBSCR", "DELETE_SUBSCR", "PRECALL", "CALL_FUNCTION_EX",
}
_FREE = {
    "len", "isinstance", "issubclass", "ord", "chr", "bool", "id", "hash", "type", "callable", "hasattr", "getattr",
    "setattr", "repr", "iter", "next", "range", "enumerate", "zip", "map", "filter", "reversed", "super", "property",
    "append", "appendleft", "popleft", "add", "discard", "get", "setdefault", "items", "keys", "values", "clear",
    "startswith", "endswith", "isspace", "isdigit", "isalnum", "isalpha", "start", "end", "span", "popitem",
    "bisect_left", "bisect_right", "bisect", "insort", "heappush", "heappop", "object", "Match", "islice", "chain",
    "__getattribute__", "__setattr__", "compile", "cast", "groups", "groupdict", "int", "abs",
}
_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset, deque)
_TEXT = (str, bytes, bytearray)
_CALL = ("CALL",)
_PATTERN = re.Pattern
_MATCH = re.Match


def _elements(value: object) -> float:
    if isinstance(value, _TEXT):
        return len(value) * COPY
    if isinstance(value, _SIZED):
        return len(value) * TOUCH
    return 0.0


_settrace = sys.settrace
_tampering: list[str] = []


def forbid(module: object, name: str) -> None:
    """Put a trap in the place of a function that would hide work from the meter."""

    def trap(*args: object, **kwargs: object) -> None:
        _tampering.append(name)
        raise RuntimeError(f"{name} may not be used while work is counted")

    setattr(module, name, trap)


class OverLimitError(Exception):
    """The measured call has used up its work."""


class Meter:
    """Work done by one call, in instructions; a call that passes `limit` is broken off."""

    def __init__(self, limit: float = float("inf")) -> None:
        self.limit = limit
        self.over = False
        self.instructions = 0
        self.data = 0.0
        self._codes: dict[CodeType, dict[int, tuple]] = {}
        self._pending: dict[int, tuple] = {}

    @property
    def work(self) -> int:
        return round(self.instructions + self.data)

    def measure(self, call, *args):
        """Call and count; raise if the called code switched the counting off."""
        enter = self._tracer()
        _settrace(enter)
        try:
            result = call(*args)
        except OverLimitError:
            result = None
        finally:
            intact = sys.gettrace() is enter
            _settrace(None)
            self.instructions = enter.count()
        if self.over:
            return None
        if _tampering or not intact:
            raise RuntimeError(f"the counting was disturbed {_tampering}")
        return result

    def _tracer(self):
        # Written for speed: one closure runs for every instruction.
        codes, pending, charge, settle = self._codes, self._pending, self._charge, self._settle
        executed = 0

        limit = self.limit

        def enter(frame, event, arg):
            if executed + self.data > limit:
                self.over = True
                raise OverLimitError
            code = frame.f_code
            table = codes.get(code)
            if table is None:
                table = codes[code] = _watched_offsets(code)
            frame.f_trace_lines = False
            frame.f_trace_opcodes = True
            if pending:
                pending.pop(id(frame), None)

            def step(frame, event, arg):
                nonlocal executed
                executed += 1
                if pending and id(frame) in pending:
                    if event == "return":
                        del pending[id(frame)]
                    elif table.get(frame.f_lasti) is not _CALL:
                        settle(id(frame), pending.pop(id(frame)))
                if frame.f_lasti in table and event == "opcode":
                    found = table[frame.f_lasti]
                    if found is not _CALL:
                        self.data += charge(id(frame), found)
                return step

            return step

        enter.count = lambda: executed
        return enter

    def _settle(self, key: int, how: tuple) -> None:
        """Charge what a C call has returned: it is on top of the stack now."""
        frame = _address(key + _FRAME).value
        top = _small(frame + _TOP).value
        try:
            result = _object(frame + _SLOTS + 8 * (top - 1)).value
        except ValueError:
            return
        kind = how[0]
        if kind == "result":
            self.data += _elements(result)
        elif kind == "search":
            start, end = how[1], how[2]
            reached = result.end() if isinstance(result, _MATCH) else end
            self.data += max(0, reached - start) * SCAN
        elif kind == "match" and isinstance(result, _MATCH):
            self.data += (result.end() - result.start()) * SCAN

    def _charge(self, key: int, found: tuple) -> float:
        name, arg, target = found
        frame = _address(key + _FRAME).value
        top = frame + _SLOTS + 8 * (_small(frame + _TOP).value - 1)
        try:
            if name == "PRECALL":
                return self._charge_call(key, top, arg)
            if name == "CALL_FUNCTION_EX":
                values = _object(top - (8 if arg & 1 else 0)).value
                function = _object(top - (16 if arg & 1 else 8)).value
                return self._charge_function(key, function, None, list(values) if isinstance(values, tuple) else [])
            first = _object(top).value
            if name == "BUILD_STRING":
                return sum(_elements(_object(top - 8 * i).value) for i in range(arg))
            if name in ("LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE", "LIST_TO_TUPLE"):
                return _elements(first)
            second = _object(top - 8).value
        except ValueError:
            return 0.0
        if name == "BINARY_SUBSCR":
            if type(first) is slice and isinstance(second, (str, bytes, bytearray, list, tuple)):
                taken = len(range(*first.indices(len(second))))
                return taken * (COPY if isinstance(second, _TEXT) else MOVE)
            return 0.0
        if name == "CONTAINS_OP":
            return _scan_cost(first, second)
        if name == "COMPARE_OP":
            if isinstance(first, _TEXT) and isinstance(second, _TEXT):
                return len(first) * COPY if len(first) == len(second) else 0.0
            if isinstance(first, (list, tuple, dict, set)) and type(first) is type(second):
                return min(len(first), len(second)) * TOUCH
            return 0.0
        if name == "BINARY_OP":
            if isinstance(second, _TEXT) and isinstance(first, _TEXT):
                if target is not None and _address(frame + _SLOTS + 8 * target).value == _address(top - 8).value:
                    return len(first) * COPY  # grows in place
                return (len(first) + len(second)) * COPY
            if isinstance(second, (list, tuple)) and isinstance(first, (list, tuple)):
                return (len(first) + (0 if arg == 13 and isinstance(second, list) else len(second))) * MOVE
            if isinstance(second, (str, list, tuple)) and isinstance(first, int):
                return len(second) * max(first, 0) * COPY
            if isinstance(second, (set, dict, frozenset)) and isinstance(first, (set, dict, frozenset)):
                return (len(first) + len(second)) * TOUCH
            if isinstance(second, str):
                return len(second) * COPY
            return 0.0
        if name in ("STORE_SUBSCR", "DELETE_SUBSCR") and isinstance(second, list):
            if type(first) is slice:
                start, stop, _ = first.indices(len(second))
                return (len(second) - start) * MOVE
            if name == "DELETE_SUBSCR" and isinstance(first, int):
                return (len(second) - (first if first >= 0 else len(second) + first)) * MOVE
        return 0.0

    def _charge_call(self, key: int, top: int, count: int) -> float:
        slot = top - 8 * (count + 1)
        if _address(slot).value:  # method, self, arguments
            function = _object(slot).value
            owner = _object(slot + 8).value
        else:
            function = _object(slot + 8).value
            owner = None
        kind = type(function)
        if kind is FunctionType or kind is MethodType:
            return 0.0
        args = [_object(top - 8 * (count - 1 - i)).value for i in range(count)]
        return self._charge_function(key, function, owner, args)

    def _charge_function(self, key: int, function: object, owner: object, args: list) -> float:
        name = getattr(function, "__name__", "")
        if name in _FREE or isinstance(function, (FunctionType, MethodType)):
            return 0.0
        if owner is None:
            owner = getattr(function, "__self__", None)
        if isinstance(owner, _PATTERN):
            return self._charge_pattern(key, name, args)
        if isinstance(owner, _MATCH):
            self._pending[key] = ("result",)
            return 0.0
        if isinstance(owner, list):
            size = len(owner)
            if name == "pop":
                return (size - args[0]) * MOVE if args and isinstance(args[0], int) and args[0] >= 0 else 0.0
            if name == "insert":
                at = args[0] if args and isinstance(args[0], int) else 0
                return (size - at if at >= 0 else -at) * MOVE
            if name in ("index", "remove", "count"):
                return _scan_cost(owner, args[0]) if args else 0.0
            if name == "extend":
                self._pending.pop(key, None)
                return _elements(args[0]) if args else 0.0
            return size * (MOVE if name == "copy" else TOUCH)
        if isinstance(owner, dict) and name == "pop":
            return 0.0
        if isinstance(owner, str) and name in ("find", "index", "partition", "split", "count", "rfind", "rindex",
                                               "rpartition"):
            if name in ("find", "index") and args and all(isinstance(a, (str, int)) for a in args):
                start = args[1] if len(args) > 1 and isinstance(args[1], int) else 0
                end = args[2] if len(args) > 2 and isinstance(args[2], int) else len(owner)
                at = str.find(owner, *args)
                return max(0, (at if at >= 0 else end) - start) * COPY
            return len(owner) * COPY
        if isinstance(owner, _TEXT) and name != "join":
            return len(owner) * COPY
        if isinstance(function, type) and not issubclass(function, _SIZED):
            return 0.0
        self._pending[key] = ("result",)
        return sum(_elements(value) for value in args)

    def _charge_pattern(self, key: int, name: str, args: list) -> float:
        if name in ("sub", "subn"):
            text = args[1] if len(args) > 1 else ""
            return len(text) * SCAN if isinstance(text, _TEXT) else 0.0
        if not args or not isinstance(args[0], _TEXT):
            return 0.0
        size = len(args[0])
        start = args[1] if len(args) > 1 and isinstance(args[1], int) else 0
        end = min(args[2], size) if len(args) > 2 and isinstance(args[2], int) else size
        if name == "search":
            self._pending[key] = ("search", start, end)
            return 0.0
        if name in ("match", "fullmatch"):
            self._pending[key] = ("match",)
            return 1.0
        return max(0, end - start) * SCAN


def _scan_cost(container: object, item: object) -> float:
    if isinstance(container, _TEXT) and isinstance(item, type(container)):
        at = container.find(item)
        return (at if at >= 0 else len(container)) * COPY
    if isinstance(container, (list, tuple, deque)):
        for index, value in enumerate(container):
            if value is item or (type(value) is type(item) and isinstance(item, (str, int, tuple)) and value == item):
                return (index + 1) * TOUCH
        return len(container) * TOUCH
    if type(container).__name__ in ("dict_values", "dict_items"):
        return len(container) * TOUCH
    return 0.0


def _watched_offsets(code: CodeType) -> dict[int, tuple]:
    found = {}
    steps = list(dis.get_instructions(code))
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        if step.opname == "CALL":
            found[step.offset] = _CALL
        if step.opname not in _WATCHED:
            continue
        target = None
        if step.opname == "BINARY_OP":
            if step.arg not in (0, 5, 6, 7, 13, 18, 20):
                continue
            if after is not None and after.opname == "STORE_FAST":
                target = after.arg
        found[step.offset] = (step.opname, step.arg, target)
    return found


def _probe_slices(text: str) -> int:
    total = 0
    for start in range(20):
        total += len(text[start:])
    return total


def _probe_contains(values: list, item: object) -> bool:
    return item in values


def _probe_find(text: str) -> int:
    return text.find("@")


def _probe_search(pattern: re.Pattern, text: str) -> object:
    return pattern.search(text)


def _probe_join(parts: list) -> str:
    return "".join(part for part in parts)


def self_check() -> None:
    """Raise if this interpreter's frames are not laid out as expected."""
    text = "x" * 32_000
    probes = [
        (_probe_slices, (text,), 20 * 32_000 * COPY),
        (_probe_contains, (list(range(1000)), -1), 1000 * TOUCH),
        (_probe_find, (text,), 32_000 * COPY),
        (_probe_search, (re.compile("@"), text), 32_000 * SCAN),
        (_probe_join, ([text, text],), 64_000 * COPY),
    ]
    for probe, args, expected in probes:
        meter = Meter()
        meter.measure(probe, *args)
        if not 0.98 * expected <= meter.data <= 1.02 * expected + 5:
            raise SystemExit(f"{probe.__name__}: counted {meter.data}, expected {expected}")
