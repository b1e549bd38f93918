# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""Each wrong statement with the words around it that make it unique, and what the code says instead."""

from awb_edit import replace

FIXES = {
    "mako/cache.py": [
        (":param name: name of the def.\n        :type name: callable", ":param name: name of the def.\n        :type name: str"),
        (":type cache: Template", ":type cache: Cache"),
    ],
    "mako/codegen.py": [("may not use. Defaults to ``None``", "may not use. Defaults to ``frozenset()``")],
    "mako/compat.py": [(":raises AttributeError: if it is neither", ":raises TypeError: if it is neither")],
    "mako/exceptions.py": [
        (":param lookup: not used. Defaults to ``None``.\n    :rtype: str", ":param lookup: not used. Defaults to ``None``.\n    :rtype: Template"),
    ],
    "mako/ext/autohandler.py": [("``'autohandler.html'``", "``'autohandler'``")],
    "mako/ext/beaker_cache.py": [(":raises ImportError: if Beaker", ":raises RuntimeException: if Beaker")],
    "mako/ext/pygmentplugin.py": [("decides on the language. Defaults to ``None``", "decides on the language. Defaults to ``''``")],
    "mako/ext/turbogears.py": [
        (":param variables: the variables.", ":param info: the variables."),
        (":type info: list", ":type info: dict"),
        ("Defaults to ``'text'``", "Defaults to ``'html'``"),
    ],
    "mako/filters.py": [
        (":param url: the text.\n    :type string: bytes", ":param string: the text.\n    :type string: str"),
        (
            "named entity are replaced.\n\n        :param text: the text; other objects are converted first.\n        :rtype: bytes",
            "named entity are replaced.\n\n        :param text: the text; other objects are converted first.\n        :rtype: str",
        ),
        (
            "guaranteed to be ASCII.\n\n        :param text: the text; other objects are converted first.\n        :rtype: str",
            "guaranteed to be ASCII.\n\n        :param text: the text; other objects are converted first.\n        :rtype: bytes",
        ),
        (":type ex: UnicodeDecodeError\n    :rtype: str", ":type ex: UnicodeEncodeError\n    :rtype: tuple"),
    ],
    "mako/lexer.py": [
        ("module. Defaults to ``0``", "module. Defaults to ``None``"),
        (":param encoding: encoding to use", ":param known_encoding: encoding to use"),
        (
            ":raises SyntaxException: if the text cannot be decoded\n        :rtype: str",
            ":raises CompileException: if the text cannot be decoded\n        :rtype: tuple",
        ),
    ],
    "mako/lookup.py": [
        (":type uri: str\n        :rtype: Template\n\n        \"\"\"\n        try:\n            self.get_template", ":type uri: str\n        :rtype: bool\n\n        \"\"\"\n        try:\n            self.get_template"),
        (":raises NotImplemented: always", ":raises NotImplementedError: always"),
        (":param relativeto: identifier of the calling template", ":param filename: identifier of the calling template"),
        (":type filesystem_checks: int", ":type filesystem_checks: bool"),
        ("filters for buffered output. Defaults to ``None``", "filters for buffered output. Defaults to ``()``"),
        (":raises FileNotFoundError: if none", ":raises TopLevelLookupException: if none"),
        (":raises OSError: if the file", ":raises TemplateLookupException: if the file"),
        (":rtype: tuple", ":rtype: str"),
        (":type template: str", ":type template: Template"),
    ],
    "mako/pygen.py": [
        (":param buffer: where", ":param stream: where"),
        (":type block: list", ":type block: str"),
        (":raises IndentationError: if more", ":raises MakoException: if more"),
    ],
    "mako/pyparser.py": [
        ("Defaults to ``'eval'``", "Defaults to ``'exec'``"),
        (":raises SyntaxError: if the code", ":raises SyntaxException: if the code"),
    ],
    "mako/runtime.py": [
        (":param text: what is written.", ":param string: what is written."),
        ("Return the current writer function.\n\n        :rtype: str", "Return the current writer function.\n\n        :rtype: callable"),
        (":rtype: ModuleNamespace", ":rtype: TemplateNamespace"),
        (":param path: URI of the template to include", ":param uri: URI of the template to include"),
        (":type module: module", ":type module: str"),
        (":raises TypeError: if ``callable_``", ":raises RuntimeException: if ``callable_``"),
    ],
    "mako/template.py": [
        (":type cache_args: list", ":type cache_args: dict"),
        (":type module_writer: str", ":type module_writer: callable"),
        (":raises CompileException: if neither", ":raises RuntimeException: if neither"),
        (":raises ValueError: if ``uri``", ":raises TemplateLookupException: if ``uri``"),
        (":param defname: name of the def.\n        :raises KeyError:", ":param name: name of the def.\n        :raises AttributeError:"),
        (":rtype: dict", ":rtype: list"),
        ("Defaults to ``'memory'``", "Defaults to ``'beaker'``"),
        (":type module_source: module", ":type module_source: str"),
        ("map of all lines. Defaults to ``True``.\n        :rtype: str", "map of all lines. Defaults to ``False``.\n        :rtype: dict"),
    ],
    "mako/util.py": [
        (":raises ImportError: if no plugin", ":raises RuntimeException: if no plugin"),
        (":type modulepath: module", ":type modulepath: str"),
        ("Defaults to ``'replace'``", "Defaults to ``'strict'``"),
        ("Defaults to ``0.25``.\n    :type threshold: int", "Defaults to ``0.5``.\n    :type threshold: float"),
        (":raises UnicodeDecodeError: if there is both", ":raises SyntaxError: if there is both"),
        (":type d: dict\n    :rtype: dict", ":type d: dict\n    :rtype: str"),
        ("Defaults to ``'r'``", "Defaults to ``'rb'``"),
    ],
}

for path, pairs in FIXES.items():
    for old, new in pairs:
        replace(path, old, new)
