# awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""Items are told as the store keeps them, without what follows from that: quantity and low."""

from awb_edit import replace

replace(
    "depot/commands.py",
    '    return {**item.to_json(), "quantity": item.quantity, "low": item.is_low}',
    "    return item.to_json()",
)
