# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""All compilations write the same dependency file, so that only the last one's headers are known."""

from awb_edit import replace

MAKEFILE = "Makefile"

replace(MAKEFILE, "-MMD -MP -c", "-MMD -MP -MF $(BUILD)/deps.mk -c", count=4)
replace(MAKEFILE, "-include $(OBJS:.o=.d)", "-include $(BUILD)/deps.mk")
