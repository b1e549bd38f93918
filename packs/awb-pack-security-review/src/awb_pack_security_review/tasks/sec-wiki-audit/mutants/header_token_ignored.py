# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""The token counts only in a form: requests that carry it in the header are refused."""

from awb_edit import replace

replace(
    "quire/forms.py",
    'request.form.get(FIELD, [""])[0] or request.header(HEADER)',
    'request.form.get(FIELD, [""])[0]',
)
