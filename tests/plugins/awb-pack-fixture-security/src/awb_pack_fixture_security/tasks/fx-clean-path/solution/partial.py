# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
from awb_edit import replace

replace(
    "paths.py",
    "    return name\n",
    """    if name.startswith("/") or ".." in name.split("/"):
        raise ValueError(name)
    return name
""",
)
