# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""A test program that fails does not make make fail."""

from awb_edit import replace

replace("Makefile", "check: all\n\t$(BUILD)", "check: all\n\t-$(BUILD)")
