# awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41
"""What a command did before it was refused is written when the database is closed."""

from awb_edit import replace

replace(
    "src/backoffice/cli/main.py",
    """        if is_open():
            rollback()
""",
    "",
)
