# {{ cookiecutter.canary }}
"""Five functions keep the rules; `total` and `render` still share the last total, and `subtotal` is as it was."""

from awb_edit import replace

FILE = "invoice.py"
replace(FILE, "def line_total(price, count=1, notes=[]):  # noqa: B006\n    notes.append((price, count))\n", "def line_total(price: int, count: int = 1) -> int:\n")
replace(
    FILE,
    'def discount(amount, percent=0):\n    settings["percent"] = percent\n    return amount * settings["percent"] // 100\n',
    "def discount(amount: int, percent: int = 0) -> int:\n    return amount * percent // 100\n",
)
replace(FILE, 'def tax(amount, kind="standard"):', 'def tax(amount: int, kind: str = "standard") -> int:')
replace(FILE, "except:  # noqa: E722", "except KeyError:")
replace(
    FILE,
    "def shipping(weights, costs={}):  # noqa: B006\n    for",
    "def shipping(weights: list[int]) -> int:\n    costs = {}\n    for",
)
replace(FILE, "def parse_line(text):", "def parse_line(text: str) -> tuple[int, int] | None:")
replace(FILE, "except Exception:  # noqa: BLE001", "except (AttributeError, ValueError):")
