# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""Nothing says that generated headers come before the first compilation."""

from awb_edit import replace

replace("Makefile", " | $(DIRS) $(HEADERS)", " | $(DIRS)", count=4)
