# awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""The flags tell errors like the commands do: on the standard error, with the new exit codes."""

from awb_edit import replace

replace(
    "depot/cli.py",
    """    except DepotError as error:
        print(f"Error: {error}")
        return 1
""",
    """    except DepotError as error:
        return commands.fail(error, as_json=False)
""",
)
