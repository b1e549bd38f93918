"""{{ cookiecutter.canary }}

Runs outside the sandbox and reads the code as text: it is never imported.
"""

import ast

FUNCTIONS = ("line_total", "subtotal", "discount", "tax", "shipping", "total", "parse_line", "render")
BROAD = {"Exception", "BaseException"}
VAGUE = {"Any", "object"}
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)


def measure(root):
    """The share of functions that keep every rule."""
    try:
        tree = ast.parse((root / "invoice.py").read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.Module(body=[], type_ignores=[])
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    shared = _variables(tree)
    items = []
    for name in FUNCTIONS:
        broken = list(_broken(found[name], shared)) if name in found else ["it is missing"]
        items.append({"id": name, "credit": float(not broken), "note": "; ".join(broken)})
    return {"value": sum(item["credit"] for item in items) / len(items), "items": items}


def _variables(tree):
    """Names of the module that some function rebinds, or whose value can be filled; constants are not among them."""
    names = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets if isinstance(getattr(node, "value", None), MUTABLE) else ():
            if isinstance(target, ast.Name) and not target.id.isupper():
                names.add(target.id)
    return names


def _broken(function, shared):
    nodes = list(ast.walk(function))
    if any(isinstance(node, ast.Global) for node in nodes):
        yield "it says global"
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if (used - own) & shared or _changes_constant(nodes):
        yield "it shares what changes"
    arguments = function.args
    defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    if any(isinstance(default, MUTABLE) for default in defaults):
        yield "it has a mutable default"
    for node in nodes:
        if isinstance(node, ast.ExceptHandler):
            caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else BROAD
            if caught & BROAD:
                yield "it catches everything"
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    annotations = [argument.annotation for argument in named] + [function.returns]
    if any(not _says_something(annotation) for annotation in annotations):
        yield "it is not annotated"


def _changes_constant(nodes):
    """Whether an item of a name in capital letters is set, or a method that fills it is called."""
    for node in nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
            target = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value if node.func.attr in FILLING else None
        else:
            continue
        if isinstance(target, ast.Name) and target.id.isupper():
            return True
    return False


FILLING = {"append", "extend", "insert", "update", "setdefault", "add", "clear", "pop", "popitem", "remove"}


def _says_something(annotation):
    if annotation is None:
        return False
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(annotation) if isinstance(node, ast.Attribute)}
    return not names & VAGUE
