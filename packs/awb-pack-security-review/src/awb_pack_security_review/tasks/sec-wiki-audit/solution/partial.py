"""Six of fourteen holes closed and reported, with four harmless places.

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
    'quire/archive.py',
    '        target = staging / name\n        target.parent',
    '        target = (staging / name).resolve()\n        if not target.is_relative_to(staging.resolve()):\n            raise Invalid("the bundle holds a file with an unusable name")\n        target.parent',
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
    'quire/views/auth.py',
    '    if target.startswith("/") and "://" not in target:\n',
    '    if target.startswith("/") and target[1:2] not in ("/", "\\\\") and target.isprintable():\n',
)
replace(
    'quire/forms.py',
    '    if not request.form and not request.files:\n        return\n',
    '',
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

FINDINGS = [
    ('CWE-89', 'quire/search.py', 83, 'The sort field is compared by prefix and reaches ORDER BY.'),
    ('CWE-22', 'quire/archive.py', 110, "A member's name may lead out of the staging folder."),
    ('CWE-502', 'quire/searches.py', 54, 'An uploaded file is unpickled.'),
    ('CWE-601', 'quire/views/auth.py', 17, 'Targets such as //host leave the site.'),
    ('CWE-352', 'quire/forms.py', 25, 'Requests without a form body skip the check of the token.'),
    ('CWE-338', 'quire/accounts.py', 121, 'Reset tokens come from a predictable generator.'),
    ('CWE-502', 'quire/cache.py', 21, 'Looks dangerous.'),
    ('CWE-89', 'quire/pages.py', 176, 'Looks dangerous.'),
    ('CWE-327', 'quire/cache.py', 46, 'Looks dangerous.'),
    ('CWE-330', 'quire/views/browse.py', 67, 'Looks dangerous.'),
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
