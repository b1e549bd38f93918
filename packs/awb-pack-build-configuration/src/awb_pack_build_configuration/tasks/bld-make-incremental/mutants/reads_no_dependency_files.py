# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""The dependency files are looked for one folder too high, so that no included file is known."""

from awb_edit import replace

replace("Makefile", "-include $(OBJS:.o=.d)", "-include $(wildcard $(OBJ)/*.d)")
