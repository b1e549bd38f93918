"""Check import-linter contracts one by one inside the sandbox; the workspace is read, not imported.

Started with the configuration's path and the import path; prints `{"items": [{"id", "credit", "note"}]}`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Check each contract on its own, so that one that cannot be checked does not hide the others."""
    config, *paths = sys.argv[1:]
    reply = os.dup(1)
    os.dup2(2, 1)
    from importlinter import api  # noqa: F401 - configures the library
    from importlinter.application import use_cases

    sys.path[:0] = [str(Path(path).resolve()) for path in paths]
    options = use_cases.read_user_options(config_filename=config)
    use_cases._register_contract_types(options)
    contracts = list(options.contracts_options)
    items = []
    for index, contract in enumerate(contracts):
        options.contracts_options = [contract]
        items.append(_check(use_cases, options, contract.get("name", f"contract {index + 1}")))
    with os.fdopen(reply, "w") as stream:
        json.dump({"items": items}, stream)


def _check(use_cases: object, options: object, name: str) -> dict[str, object]:
    try:
        report = use_cases.create_report(options, cache_dir=None)  # type: ignore[attr-defined]
        kept = not report.contains_failures
        return {"id": name, "credit": float(kept), "note": "" if kept else "broken"}
    except Exception as error:  # noqa: BLE001 - a module the contract names may be missing or broken
        return {"id": name, "credit": 0.0, "note": f"{type(error).__name__}: {error}"[:300]}


if __name__ == "__main__":
    main()
