# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""A file counts against the limit on memory as a field does."""

from awb_edit import replace

replace("src/werkzeug/formparser.py", "                    field_size = None\n", "                    field_size = 0\n")
