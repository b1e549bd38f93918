# awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41
"""A share of an amount is rounded by the built-in, which takes halves to the even cent."""

from awb_edit import replace

replace(
    "src/backoffice/domain/money.py",
    """    share = Decimal(cents) * Decimal(rate) / Decimal(10000)
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))""",
    "    return round(Decimal(cents) * Decimal(rate) / Decimal(10000))",
)
