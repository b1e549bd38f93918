"""python -m quire: serve | add-user NAME EMAIL ROLE | sweep"""

from __future__ import annotations

import getpass
import sys
from wsgiref.simple_server import make_server

from quire.app import create_app
from quire.errors import HTTPError


def main(arguments: list[str]) -> int:
    wiki = create_app()
    if arguments[:1] == ["serve"]:
        with make_server("127.0.0.1", 8080, wiki) as server:
            print(f"{wiki.settings.site_name} on {wiki.settings.base_url}")
            server.serve_forever()
    elif arguments[:1] == ["add-user"] and len(arguments) == 4:
        _, name, email, role = arguments
        try:
            wiki.accounts.create(name, email, getpass.getpass(), role)
        except HTTPError as error:
            print(error.message, file=sys.stderr)
            return 1
    elif arguments[:1] == ["sweep"]:
        print(f"{wiki.sessions.sweep()} sessions removed")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
