# awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41
"""Configuring makes a new dictionary, which callers that hold on to the old one never see."""

from awb_edit import replace

replace(
    "src/backoffice/domain/settings.py",
    """    SETTINGS.update(changes)
    return dict(SETTINGS)""",
    """    global SETTINGS
    SETTINGS = {**SETTINGS, **changes}
    return dict(SETTINGS)""",
)
