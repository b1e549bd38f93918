"""Every hole closed and reported, nothing else.

awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""

import json

from awb_edit import replace, write

replace(
    'quire/search.py',
    '    if not field.startswith(FIELDS):\n',
    '    if field not in FIELDS:\n',
)
replace(
    'quire/markup.py',
    '    text = html.unescape(alt.strip() or name.strip()).replace("<", "&lt;").replace(">", "&gt;")\n    return Markup(f\'<img src="{escape(source)}" alt="{text}" loading="lazy">\')',
    '    text = html.unescape(alt.strip() or name.strip())\n    return fmt(\'<img src="{}" alt="{}" loading="lazy">\', source, text)',
)
replace(
    'quire/archive.py',
    '        target = staging / name\n        target.parent',
    '        target = (staging / name).resolve()\n        if not target.is_relative_to(staging.resolve()):\n            raise Invalid("the bundle holds a file with an unusable name")\n        target.parent',
)
replace(
    'quire/archive.py',
    '                for member in members:\n                    if member.is_dir():\n                        continue\n                    self._write(staging, member.filename, bundle.read(member))\n',
    '                left = self._settings.max_import_bytes\n                for member in members:\n                    if member.is_dir():\n                        continue\n                    with bundle.open(member) as source:\n                        content = source.read(left + 1)\n                    left -= len(content)\n                    if left < 0:\n                        raise TooLarge("the bundle holds too much")\n                    self._write(staging, member.filename, content)\n',
)
replace(
    'quire/webhooks.py',
    'import hmac\nimport json\n',
    'import hmac\nimport ipaddress\nimport json\n',
)
replace(
    'quire/webhooks.py',
    '        addresses = self._settings.resolve(host)\n        if not addresses:\n',
    '        addresses = self._settings.resolve(host)\n        if not addresses or not all(is_public(address) for address in addresses):\n',
)
replace(
    'quire/webhooks.py',
    'def signature(secret',
    'def is_public(address: str) -> bool:\n    """Whether an address is one of the public network."""\n    try:\n        ip = ipaddress.ip_address(address.partition("%")[0])\n    except ValueError:\n        return False\n    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:\n        ip = ip.ipv4_mapped\n    return ip.is_global and not ip.is_multicast\n\n\ndef signature(secret',
)
replace(
    'quire/forms.py',
    '    if not request.form and not request.files:\n        return\n',
    '',
)
replace(
    'quire/views/history.py',
    '    new = ctx.wiki.pages.revision(ctx.request.integer("new", page["current"], low=0, high=1 << 40))\n',
    '    new = ctx.wiki.pages.revision(ctx.request.integer("new", page["current"], low=0, high=1 << 40))\n    if new["page_id"] != page["id"]:\n        raise NotFound("there is no such revision")\n',
)
replace(
    'quire/views/history.py',
    '    old = ctx.wiki.pages.revision(old_id)["text"] if old_id else ""\n',
    '    old = ""\n    if old_id:\n        before = ctx.wiki.pages.revision(old_id)\n        if before["page_id"] != page["id"]:\n            raise NotFound("there is no such revision")\n        old = before["text"]\n',
)
replace(
    'quire/sessions.py',
    '        session.user_id = user_id\n        session.csrf',
    '        self._db.run("DELETE FROM sessions WHERE id = ?", session.id)\n        session.id = secrets.token_urlsafe(24)\n        session.user_id = user_id\n        session.csrf',
)
replace(
    'quire/accounts.py',
    '        source = random.Random(f"{user[\'id\']}:{int(now)}")\n        token = "".join(source.choice(_TOKEN_ALPHABET) for _ in range(40))\n',
    '        token = "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(40))\n',
)
replace(
    'quire/accounts.py',
    'import random\nimport sqlite3\n',
    'import secrets\nimport sqlite3\n',
)
replace(
    'quire/views/auth.py',
    '    if target.startswith("/") and "://" not in target:\n',
    '    if target.startswith("/") and target[1:2] not in ("/", "\\\\") and target.isprintable():\n',
)
replace(
    'quire/signing.py',
    '        """Compare a signature in constant time; mail clients may cut long links."""\n        expected = self.digest(data)[: len(given)]\n        return hmac.compare_digest(expected.encode(), given.encode())',
    '        """Compare a signature in constant time."""\n        return hmac.compare_digest(self.digest(data).encode(), given.encode())',
)
replace(
    'quire/searches.py',
    'import base64\nimport pickle\nimport sqlite3\n',
    'import base64\nimport json\nimport sqlite3\n',
)
replace(
    'quire/searches.py',
    'base64.b64encode(pickle.dumps(entries, protocol=4)).decode()',
    'base64.b64encode(json.dumps(entries).encode()).decode()',
)
replace(
    'quire/searches.py',
    'entries = pickle.loads(base64.b64decode(text[len(HEADER) :]))',
    'entries = json.loads(base64.b64decode(text[len(HEADER) :]))',
)
replace(
    'quire/snippets.py',
    '        try:\n            return body.format(**values)\n        except (KeyError, IndexError, ValueError, AttributeError, TypeError):\n            raise Invalid("this snippet holds an unknown placeholder") from None\n',
    '        return _fill(body, values)\n',
)
replace(
    'quire/snippets.py',
    '            "user": Author(user["name"], user["display_name"]),\n            "site": Site(self._settings.site_name, self._settings),\n',
    '            "user.name": user["name"],\n            "user.display_name": user["display_name"],\n            "site.name": self._settings.site_name,\n            "site.url": self._settings.base_url,\n',
)
replace(
    'quire/snippets.py',
    '@dataclass(frozen=True)\nclass Author:\n    """The one who uses a snippet."""\n\n    name: str\n    display_name: str\n\n\n@dataclass(frozen=True)\nclass Site:\n    """The wiki a snippet is used in."""\n\n    name: str\n    settings: Settings\n\n    @property\n    def url(self) -> str:\n        return self.settings.base_url\n\n\n',
    '_PLACEHOLDER = re.compile(r"\\{\\{|\\}\\}|\\{([^{}]*)\\}|[{}]")\n\n\ndef _fill(body: str, values: dict[str, str]) -> str:\n    """Put values where their names stand in braces; names only, nothing is looked up on them."""\n\n    def one(match: re.Match[str]) -> str:\n        if match[0] in ("{{", "}}"):\n            return match[0][0]\n        if match[1] not in values:\n            raise Invalid("this snippet holds an unknown placeholder")\n        return values[match[1]]\n\n    return _PLACEHOLDER.sub(one, body)\n\n\n',
)
replace(
    'quire/snippets.py',
    'from dataclasses import dataclass\n',
    '',
)
replace(
    'quire/accounts.py',
    '        known = {row["name"] for row in self._db.all("PRAGMA table_info(users)")}\n        for name, value in changes.items():\n            if name not in known or name in ("id", "name", "password", "created"):\n                continue\n',
    '        for name, value in changes.items():\n            if name not in PROFILE_FIELDS:\n                continue\n',
)
replace(
    'quire/accounts.py',
    '_TOKEN_ALPHABET =',
    'PROFILE_FIELDS = frozenset({"display_name", "email", "about", "timezone", "notify"})\n_TOKEN_ALPHABET =',
)

FINDINGS = [
    ('CWE-89', 'quire/search.py', 83, 'The sort field is compared by prefix and reaches ORDER BY.'),
    ('CWE-79', 'quire/markup.py', 180, 'The alternative text is written into an attribute without escaping quotes.'),
    ('CWE-22', 'quire/archive.py', 110, "A member's name may lead out of the staging folder."),
    ('CWE-409', 'quire/archive.py', 102, 'Members are unpacked without a limit.'),
    ('CWE-918', 'quire/webhooks.py', 76, 'The resolved address is not checked before delivery.'),
    ('CWE-352', 'quire/forms.py', 25, 'Requests without a form body skip the check of the token.'),
    ('CWE-639', 'quire/views/history.py', 52, 'Revisions of other pages are shown.'),
    ('CWE-384', 'quire/sessions.py', 57, 'The session keeps its id at login.'),
    ('CWE-338', 'quire/accounts.py', 121, 'Reset tokens come from a predictable generator.'),
    ('CWE-601', 'quire/views/auth.py', 17, 'Targets such as //host leave the site.'),
    ('CWE-347', 'quire/signing.py', 67, 'A shortened or empty signature is accepted.'),
    ('CWE-502', 'quire/searches.py', 54, 'An uploaded file is unpickled.'),
    ('CWE-1336', 'quire/snippets.py', 70, 'Format strings of users reach attributes.'),
    ('CWE-915', 'quire/accounts.py', 85, 'The profile form may set any column.'),
]
results = [
    {
        "ruleId": rule,
        "level": "error",
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": path},
                    "region": {"startLine": line},
                }
            }
        ],
    }
    for rule, path, line, text in FINDINGS
]
rules = [{"id": rule} for rule in sorted({row[0] for row in FINDINGS})]
report = {
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "review", "rules": rules}}, "results": results}],
}
write("findings.sarif", json.dumps(report, indent=2) + "\n")
