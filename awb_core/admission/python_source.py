"""Whether two versions of Python code mean the same."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property
from types import CodeType
from typing import Any


class PythonSource:
    """Code that changed versions of it are compared with; comments and docstrings mean nothing."""

    def __init__(self, text: str) -> None:
        """Take valid code."""
        self._text = text
        self._compiled = _compiled(text)

    def differs(self, text: str) -> bool:
        """Say whether a mutant can be read and means something else.

        Other bytecode is another meaning, and soon found; the same one may be, for the compiler simplifies.
        """
        compiled = _compiled(text)
        if compiled is None:
            return False
        return compiled != self._compiled or _meaning(text) != self._meaning

    @cached_property
    def _meaning(self) -> str:
        return _meaning(self._text)


def _compiled(text: str) -> tuple[Any, ...] | None:
    """Return the bytecode without docstrings and positions; None if the code is not valid."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return _bytecode(compile(text, "mutant", "exec", dont_inherit=True, optimize=2))
    except (SyntaxError, ValueError):
        return None


def _bytecode(code: CodeType) -> tuple[Any, ...]:
    constants = (
        _bytecode(c) if isinstance(c, CodeType) else (type(c), repr(c)) for c in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_name, code.co_flags, code.co_code, code.co_exceptiontable, names, *constants)


def _meaning(text: str) -> str:
    """Return valid code without docstrings, in a form that can be compared."""
    with warnings.catch_warnings(action="ignore"):
        tree = ast.parse(text)
    for node in ast.walk(tree):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
            node.body[0] = ast.Pass()
    return ast.dump(tree)
