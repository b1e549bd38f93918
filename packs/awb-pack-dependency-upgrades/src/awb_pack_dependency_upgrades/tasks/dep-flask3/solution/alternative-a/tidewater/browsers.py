"""Names of browsers and platforms for the audit trail; docs/formats.md has the list."""

BROWSERS = [
    ("opera", ("opera", "opr")),
    ("edge", ("edge",)),
    ("chrome", ("chrome", "crios")),
    ("firefox", ("firefox",)),
    ("safari", ("safari", "version")),
    ("webkit", ("webkit",)),
    ("msie", ("msie",)),
    ("lynx", ("lynx",)),
    ("mozilla", ("mozilla",)),
]

PLATFORMS = [
    ("iphone", ("iphone", "ios")),
    ("ipad", ("ipad",)),
    ("macos", ("darwin", "mac", "os x")),
    ("windows", ("win",)),
    ("android", ("android",)),
    ("linux", ("x11", "linux")),
]


def _first(names, text):
    return next((name for name, signs in names if any(sign in text for sign in signs)), None)


def client_name(user_agent):
    """`firefox on windows`, `lynx`, or `unknown`."""
    text = user_agent.lower()
    browser = _first(BROWSERS, text)
    if browser is None:
        return "unknown"
    platform = _first(PLATFORMS, text)
    return browser if platform is None else "%s on %s" % (browser, platform)
