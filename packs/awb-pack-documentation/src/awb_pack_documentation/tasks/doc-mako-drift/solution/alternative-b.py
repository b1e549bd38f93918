# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""Make the wrong statements of the docstrings true, module by module."""

from awb_edit import replace

TEMPLATE = "mako/template.py"
replace(TEMPLATE, ":type cache_args: list", ":type cache_args: dict")
replace(TEMPLATE, ":type module_writer: str", ":type module_writer: callable")
replace(TEMPLATE, ":raises CompileException: if neither", ":raises RuntimeException: if neither")
replace(TEMPLATE, ":raises ValueError: if ``uri``", ":raises TemplateLookupException: if ``uri``")
replace(TEMPLATE, ":param defname: name of the def.", ":param name: name of the def.")
replace(
    TEMPLATE,
    ":raises KeyError: if there is no such def",
    ":raises AttributeError: if there is no such def",
)
replace(TEMPLATE, ":rtype: dict", ":rtype: list")
replace(TEMPLATE, "Defaults to ``'memory'``", "Defaults to ``'beaker'``")
replace(TEMPLATE, ":type module_source: module", ":type module_source: str")
replace(
    TEMPLATE,
    "a map of all lines. Defaults to ``True``.\n        :rtype: str",
    "a map of all lines. Defaults to ``False``.\n        :rtype: dict",
)

LOOKUP = "mako/lookup.py"
replace(
    LOOKUP,
    ':type uri: str\n        :rtype: Template\n\n        """\n        try:\n            self',
    ':type uri: str\n        :rtype: bool\n\n        """\n        try:\n            self',
)
replace(LOOKUP, ":raises NotImplemented: always", ":raises NotImplementedError: always")
replace(
    LOOKUP,
    ":param relativeto: identifier of the calling",
    ":param filename: identifier of the calling",
)
replace(LOOKUP, ":type filesystem_checks: int", ":type filesystem_checks: bool")
replace(LOOKUP, "buffered output. Defaults to ``None``", "buffered output. Defaults to ``()``")
replace(LOOKUP, ":raises FileNotFoundError: if none", ":raises TopLevelLookupException: if none")
replace(LOOKUP, ":raises OSError: if the file", ":raises TemplateLookupException: if the file")
replace(LOOKUP, ":rtype: tuple", ":rtype: str")
replace(LOOKUP, ":type template: str", ":type template: Template")

replace("mako/cache.py", ":type name: callable", ":type name: str")
replace("mako/cache.py", ":type cache: Template", ":type cache: Cache")

replace(
    "mako/exceptions.py",
    "not used. Defaults to ``None``.\n    :rtype: str",
    "not used. Defaults to ``None``.\n    :rtype: Template",
)

RUNTIME = "mako/runtime.py"
replace(RUNTIME, ":param text: what is written.", ":param string: what is written.")
replace(
    RUNTIME,
    "writer function.\n\n        :rtype: str",
    "writer function.\n\n        :rtype: callable",
)
replace(RUNTIME, ":rtype: ModuleNamespace", ":rtype: TemplateNamespace")
replace(RUNTIME, ":param path: URI of the template", ":param uri: URI of the template")
replace(RUNTIME, ":type module: module", ":type module: str")
replace(
    RUNTIME, ":raises TypeError: if ``callable_``", ":raises RuntimeException: if ``callable_``"
)

UTIL = "mako/util.py"
replace(UTIL, ":raises ImportError: if no plugin", ":raises RuntimeException: if no plugin")
replace(UTIL, ":type modulepath: module", ":type modulepath: str")
replace(UTIL, "Defaults to ``'replace'``", "Defaults to ``'strict'``")
replace(
    UTIL,
    "Defaults to ``0.25``.\n    :type threshold: int",
    "Defaults to ``0.5``.\n    :type threshold: float",
)
replace(
    UTIL, ":raises UnicodeDecodeError: if there is both", ":raises SyntaxError: if there is both"
)
replace(UTIL, ":type d: dict\n    :rtype: dict", ":type d: dict\n    :rtype: str")
replace(UTIL, "Defaults to ``'r'``", "Defaults to ``'rb'``")

FILTERS = "mako/filters.py"
replace(
    FILTERS,
    ":param url: the text.\n    :type string: bytes",
    ":param string: the text.\n    :type string: str",
)
replace(FILTERS, "converted first.\n        :rtype: bytes", "converted first.\n        :rtype: str")
replace(
    FILTERS,
    "to be ASCII.\n\n        :param text: the text; other objects are converted first.\n        :rtype: str",
    "to be ASCII.\n\n        :param text: the text; other objects are converted first.\n        :rtype: bytes",
)
replace(
    FILTERS,
    ":type ex: UnicodeDecodeError\n    :rtype: str",
    ":type ex: UnicodeEncodeError\n    :rtype: tuple",
)

LEXER = "mako/lexer.py"
replace(LEXER, "Defaults to ``0``", "Defaults to ``None``")
replace(LEXER, ":param encoding: encoding to use", ":param known_encoding: encoding to use")
replace(
    LEXER,
    ":raises SyntaxException: if the text cannot be decoded\n        :rtype: str",
    ":raises CompileException: if the text cannot be decoded\n        :rtype: tuple",
)

PYGEN = "mako/pygen.py"
replace(PYGEN, ":param buffer: where", ":param stream: where")
replace(PYGEN, ":type block: list", ":type block: str")
replace(PYGEN, ":raises IndentationError: if more", ":raises MakoException: if more")

replace("mako/compat.py", ":raises AttributeError: if it is", ":raises TypeError: if it is")

replace(
    "mako/ext/beaker_cache.py",
    ":raises ImportError: if Beaker",
    ":raises RuntimeException: if Beaker",
)

TURBOGEARS = "mako/ext/turbogears.py"
replace(
    TURBOGEARS,
    ":param variables: the variables.\n        :type info: list",
    ":param info: the variables.\n        :type info: dict",
)
replace(TURBOGEARS, "Defaults to ``'text'``", "Defaults to ``'html'``")

replace(
    "mako/ext/autohandler.py", "Defaults to ``'autohandler.html'``", "Defaults to ``'autohandler'``"
)
replace(
    "mako/ext/pygmentplugin.py",
    "decides on the language. Defaults to ``None``",
    "decides on the language. Defaults to ``''``",
)

PYPARSER = "mako/pyparser.py"
replace(PYPARSER, "Defaults to ``'eval'``", "Defaults to ``'exec'``")
replace(PYPARSER, ":raises SyntaxError: if the code", ":raises SyntaxException: if the code")

replace(
    "mako/codegen.py",
    "may not use. Defaults to ``None``",
    "may not use. Defaults to ``frozenset()``",
)
