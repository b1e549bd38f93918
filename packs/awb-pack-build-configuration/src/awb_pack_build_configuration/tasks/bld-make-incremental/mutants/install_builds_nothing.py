# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""make install copies what is there and builds nothing."""

from awb_edit import replace

replace("Makefile", "install: all", "install:")
