# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""A read that returns much less than asked for is still taken for the end of the input."""

from awb_edit import replace

replace(
    "src/werkzeug/formparser.py",
    """        yield data

    yield None""",
    """        yield data

        if len(data) < size // 2:
            break

    yield None""",
)
