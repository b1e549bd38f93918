# {{ cookiecutter.canary }}
"""Only a row that is one pattern from end to end gets shorter."""

from awb_edit import replace

replace("knit.py", "(*_repeated(row), *_divided(row))", "_repeated(row)")
