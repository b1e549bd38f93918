"""The handlers of all requests, by topic."""

from quire.views import (
    admin,
    api,
    auth,
    browse,
    files,
    history,
    hooks,
    pages,
    profile,
    saved,
    snippets,
    transfer,
)

ROUTERS = [
    auth.router,
    browse.router,
    history.router,
    files.router,
    pages.router,
    profile.router,
    saved.router,
    snippets.router,
    transfer.router,
    hooks.router,
    admin.router,
    api.router,
]
