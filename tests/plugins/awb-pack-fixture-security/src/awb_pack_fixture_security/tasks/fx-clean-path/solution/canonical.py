# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
from awb_edit import write

write(
    "paths.py",
    '''"""Where an upload is stored."""

DEVICES = frozenset({"con", "nul", "aux", "prn"})
LONGEST = 255


def clean_path(name: str) -> str:
    """Return the path below the upload folder for the name that a client sent.

    Raises:
        ValueError: the name could lead elsewhere.
    """
    if ":" in name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise ValueError("forbidden character")
    name = name.replace("\\\\", "/")
    if name.startswith("/"):
        raise ValueError("absolute")
    segments = [segment for segment in name.split("/") if segment not in ("", ".")]
    if not segments:
        raise ValueError("empty")
    for segment in segments:
        _check(segment)
    return "/".join(segments)


def _check(segment: str) -> None:
    if segment[-1] in ". ":
        raise ValueError("ends in a dot or a blank")
    if len(segment.encode()) > LONGEST:
        raise ValueError("too long")
    if segment.split(".")[0].lower() in DEVICES:
        raise ValueError("device")
''',
)
