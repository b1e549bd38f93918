# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
from awb_edit import write

write(
    "paths.py",
    '''"""Where an upload is stored."""


def clean_path(name: str) -> str:
    """Return the path below the upload folder for the name that a client sent."""
    if ":" in name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise ValueError("forbidden character")
    name = name.replace("\\\\", "/")
    segments = [segment for segment in name.split("/") if segment not in ("", ".")]
    if name.startswith("/") or not segments or ".." in segments:
        raise ValueError("leads elsewhere")
    return "/".join(segments)
''',
)
