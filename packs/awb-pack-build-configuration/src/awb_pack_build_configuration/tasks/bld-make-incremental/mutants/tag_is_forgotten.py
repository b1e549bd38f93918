# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""version.h follows VERSION, but not BUILD_TAG."""

from awb_edit import replace

replace("Makefile", "tools/emit.py $(STATE)/tag |", "tools/emit.py |")
