"""Parameter names and some defaults are right.

awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""

import ast
from pathlib import Path

REPAIRS = [('mako/lookup.py',
  'TemplateCollection.adjust_uri',
  'param relativeto: identifier of the calling template; ignored here.',
  'param filename: identifier of the calling template; ignored here.'),
 ('mako/lookup.py',
  'TemplateLookup',
  'param buffer_filters: filters for buffered output. Defaults to ``None``.',
  'param buffer_filters: filters for buffered output. Defaults to ``()``.'),
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
 ('mako/util.py',
  'read_file',
  "param mode: mode to open it in. Defaults to ``'r'``.",
  "param mode: mode to open it in. Defaults to ``'rb'``."),
 ('mako/runtime.py', 'Context.write', 'param text: what is written.', 'param string: what is written.'),
 ('mako/runtime.py',
  'Namespace.include_file',
  'param path: URI of the template to include.',
  'param uri: URI of the template to include.'),
 ('mako/pygen.py',
  'PythonPrinter',
  'param buffer: where the code is written.',
  'param stream: where the code is written.'),
 ('mako/lexer.py',
  'Lexer.decode_raw_stream',
  'param encoding: encoding to use if the text names none.',
  'param known_encoding: encoding to use if the text names none.'),
 ('mako/ext/turbogears.py', 'TGPlugin.render', 'param variables: the variables.', 'param info: the variables.'),
 ('mako/ext/turbogears.py',
  'TGPlugin.render',
  "param format: not used. Defaults to ``'text'``.",
  "param format: not used. Defaults to ``'html'``."),
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
