# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""Where docstring and signature differed on a name, the parameter was renamed."""

from awb_edit import replace

FILTERS = "mako/filters.py"

replace(FILTERS, "def url_escape(string):", "def url_escape(url):")
replace(
    FILTERS,
    """    string = string.encode("utf8")
    return quote_plus(string)""",
    '    return quote_plus(url.encode("utf8"))',
)
replace(
    FILTERS,
    """    :param string: the text.
    :type string: str
    :rtype: str

    \"\"\"

    return quote_plus""",
    """    :param url: the text.
    :type url: str
    :rtype: str

    \"\"\"

    return quote_plus""",
)
