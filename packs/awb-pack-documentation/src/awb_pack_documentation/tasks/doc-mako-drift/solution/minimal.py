"""What the signatures say is right, and some of what the code says.

awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""

import ast
from pathlib import Path

REPAIRS = [('mako/lookup.py',
  'TemplateCollection.adjust_uri',
  'param relativeto: identifier of the calling template; ignored here.',
  'param filename: identifier of the calling template; ignored here.'),
 ('mako/lookup.py', 'TemplateLookup', 'type filesystem_checks: int', 'type filesystem_checks: bool'),
 ('mako/lookup.py',
  'TemplateLookup',
  'param buffer_filters: filters for buffered output. Defaults to ``None``.',
  'param buffer_filters: filters for buffered output. Defaults to ``()``.'),
 ('mako/template.py', 'Template', 'type module_writer: str', 'type module_writer: callable'),
 ('mako/template.py', 'Template.get_def', 'param defname: name of the def.', 'param name: name of the def.'),
 ('mako/template.py',
  'ModuleTemplate',
  "param cache_impl: name of the cache plugin. Defaults to ``'memory'``.",
  "param cache_impl: name of the cache plugin. Defaults to ``'beaker'``."),
 ('mako/template.py',
  'ModuleInfo.get_module_source_metadata',
  'param full_line_map: whether to add a map of all lines. Defaults to ``True``.',
  'param full_line_map: whether to add a map of all lines. Defaults to ``False``.'),
 ('mako/filters.py', 'url_escape', 'param url: the text.', 'param string: the text.'),
 ('mako/filters.py', 'url_escape', 'type string: bytes', 'type string: str'),
 ('mako/filters.py', 'XMLEntityEscaper.escape', 'rtype: str', 'rtype: bytes'),
 ('mako/filters.py', 'htmlentityreplace_errors', 'rtype: str', 'rtype: tuple'),
 ('mako/util.py',
  'FastEncodingBuffer',
  "param errors: error handling of ``encode()``. Defaults to ``'replace'``.",
  "param errors: error handling of ``encode()``. Defaults to ``'strict'``."),
 ('mako/util.py',
  'LRUCache',
  'param threshold: share by which the capacity may be exceeded. Defaults to ``0.25``.',
  'param threshold: share by which the capacity may be exceeded. Defaults to ``0.5``.'),
 ('mako/util.py',
  'read_file',
  "param mode: mode to open it in. Defaults to ``'r'``.",
  "param mode: mode to open it in. Defaults to ``'rb'``."),
 ('mako/runtime.py', 'Context.write', 'param text: what is written.', 'param string: what is written.'),
 ('mako/runtime.py', 'Context.writer', 'rtype: str', 'rtype: callable'),
 ('mako/runtime.py',
  'Namespace.include_file',
  'param path: URI of the template to include.',
  'param uri: URI of the template to include.'),
 ('mako/pygen.py',
  'PythonPrinter',
  'param buffer: where the code is written.',
  'param stream: where the code is written.'),
 ('mako/pygen.py', 'PythonPrinter.write_indented_block', 'type block: list', 'type block: str'),
 ('mako/lexer.py',
  'Lexer.match',
  'param flags: flags of the :mod:`re` module. Defaults to ``0``.',
  'param flags: flags of the :mod:`re` module. Defaults to ``None``.'),
 ('mako/lexer.py',
  'Lexer.decode_raw_stream',
  'param encoding: encoding to use if the text names none.',
  'param known_encoding: encoding to use if the text names none.'),
 ('mako/codegen.py',
  'compile',
  'param reserved_names: names a template may not use. Defaults to ``None``.',
  'param reserved_names: names a template may not use. Defaults to ``frozenset()``.'),
 ('mako/pyparser.py',
  'parse',
  "param mode: kind of code, as for :func:`compile`. Defaults to ``'eval'``.",
  "param mode: kind of code, as for :func:`compile`. Defaults to ``'exec'``."),
 ('mako/pyparser.py',
  'parse',
  'raises SyntaxError: if the code cannot be parsed',
  'raises SyntaxException: if the code cannot be parsed'),
 ('mako/ext/turbogears.py', 'TGPlugin.render', 'param variables: the variables.', 'param info: the variables.'),
 ('mako/ext/turbogears.py', 'TGPlugin.render', 'type info: list', 'type info: dict'),
 ('mako/ext/turbogears.py',
  'TGPlugin.render',
  "param format: not used. Defaults to ``'text'``.",
  "param format: not used. Defaults to ``'html'``."),
 ('mako/ext/autohandler.py',
  'autohandler',
  "param name: name of the file. Defaults to ``'autohandler.html'``.",
  "param name: name of the file. Defaults to ``'autohandler'``."),
 ('mako/ext/pygmentplugin.py',
  'syntax_highlight',
  'param filename: file whose name decides on the language. Defaults to ``None``.',
  "param filename: file whose name decides on the language. Defaults to ``''``.")]


def _repair(path, dotted, wrong, right):
    """Change one line of the docstring of an object."""
    source = Path(path).read_text(encoding="utf-8")
    rows = source.split("\n")
    node = ast.parse(source)
    for name in dotted.split("."):
        node = next(n for n in node.body if isinstance(n, (ast.ClassDef, ast.FunctionDef)) and n.name == name)
    first, last = node.body[0].lineno - 1, node.body[0].end_lineno
    if wrong.startswith("default "):
        name = wrong.removeprefix("default ").split(": ", 1)[0]
        first = next(i for i in range(first, last) if rows[i].strip().startswith(f":param {name}:"))
        wrong, right = (f"Defaults to ``{line.split(': ', 1)[1]}``." for line in (wrong, right))
    else:
        wrong, right = ":" + wrong, ":" + right
    at = next(i for i in range(first, last) if rows[i].strip() == wrong)
    rows[at] = rows[at].replace(wrong, right)
    Path(path).write_text("\n".join(rows), encoding="utf-8")


for repair in REPAIRS:
    _repair(*repair)
