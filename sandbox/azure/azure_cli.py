"""The Azure CLI that is on PATH, signed in to the simulated Azure, with a configuration of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sandbox.engine.beside import Beside
from sandbox.engine.cli import Run
from sandbox.engine.engine_error import EngineError

_CLOUD: Final = ("--name", "Sandbox")
# Its sign-in page is not asked: a managed identity needs none.
_ENTRA: Final = (
    "--endpoint-active-directory=https://login.microsoftonline.com",
    "--endpoint-active-directory-resource-id=https://management.azure.com/",
)


def az(beside: Beside, arguments: Sequence[str]) -> Run:
    """Run `az` with *arguments*.

    Raises:
        EngineError: it is not on PATH, or cannot sign in.
    """
    known = Path(beside.environment["AZURE_CONFIG_DIR"], "clouds.config").is_file()
    # Azure Resource Manager has another port each time.
    where = f"--endpoint-resource-manager={beside.environment['ARM_ENDPOINT']}"
    cloud = ("cloud", "update" if known else "register", *_CLOUD, where, "--skip-endpoint-discovery")
    signing_in = (("cloud", "set", *_CLOUD), ("login", "--identity"))
    for step in ((*cloud, *_ENTRA), *(() if known else signing_in)):
        ended = beside.run(["az", *step], capture=True)
        if not ended.succeeded:
            raise EngineError(f"`az {' '.join(step[:2])}` fails: {ended.output.strip()}")
    return beside.run(["az", *arguments])
