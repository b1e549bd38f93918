# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""clean removes objects and programs, but leaves the generated files and their folder."""

from awb_edit import replace

replace("Makefile", "rm -rf $(BUILD)", "rm -rf $(OBJ) $(STATE) $(BUILD)/lib $(BUILD)/bin")
