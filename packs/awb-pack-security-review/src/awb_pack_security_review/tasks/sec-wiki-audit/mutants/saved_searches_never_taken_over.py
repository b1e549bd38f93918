# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""The import of saved searches refuses every file, so that nothing harmful is loaded, nor anything else."""

from awb_edit import replace

replace(
    "quire/searches.py",
    "            entries = json.loads(base64.b64decode(text[len(HEADER) :]))\n",
    "            raise ValueError\n",
)
