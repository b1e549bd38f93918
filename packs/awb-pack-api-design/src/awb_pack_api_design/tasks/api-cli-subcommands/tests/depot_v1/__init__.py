"""Parts of a small workshop: what there is, where it lies, what it is worth.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

__version__ = "1.8.0"
