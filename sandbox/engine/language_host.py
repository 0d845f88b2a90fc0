"""A `pulumi-language-python` for computers whose Pulumi CLI comes without one.

The Pulumi engine runs a Python program through a language host, a gRPC server that ships beside the CLI. A
CLI built from Go modules has none, so the sandbox puts this one among the plugins; the engine prefers the
official host where there is one. It runs the program in its own process, with the interpreter it was started
with, and installs nothing.

Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from functools import partial
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from google.protobuf import empty_pb2
from pulumi import RunError
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from sandbox.engine.plugin import listen

if TYPE_CHECKING:
    from pulumi.runtime.proto.language_pb2_grpc import _ServicerContext as ServicerContext

_ANSWER_SECONDS: Final = 0.1


def run_program(program: Path) -> None:
    """Run the Pulumi program at *program*, a directory with a `__main__.py` or a Python file.

    Raises:
        RunError: the program failed; the message is what its author should read. A `RunError` of the
            program's own
            passes unchanged, so that an error meant for users is printed without a traceback.
    """
    directory = program if program.is_dir() else program.parent
    sys.path.insert(0, str(directory))
    sys.argv = [str(program)]
    try:
        runpy.run_path(str(program), run_name="__main__")
    except RunError:
        raise
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise RunError(f"the program ended itself with exit code {stop.code}") from stop
    except Exception as error:
        raise RunError(
            "Program failed with an unhandled exception:\n" + _own_frames(error, directory)
        ) from error


def _own_frames(error: BaseException, directory: Path) -> str:
    """The traceback of *error* from the program's first frame on, without those of the host that ran it."""
    frames = error.__traceback__
    while frames is not None and not frames.tb_frame.f_code.co_filename.startswith(str(directory)):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))


class LanguageHost(LanguageServer):
    """The language runtime service for Python: runs programs and policy packs, and ends when told to."""

    def __init__(self, stopped: threading.Event) -> None:
        """Serve until *stopped* is set, which `Cancel` does."""
        super().__init__(lambda: None)
        self._stopped = stopped

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Accept the engine."""
        return language_pb2.LanguageHandshakeResponse()

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """Tell `pulumi about` which distributions this interpreter holds."""
        found = sorted((d.metadata["Name"], d.version) for d in metadata.distributions())
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in found]
        )

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Install nothing: the interpreter that runs this host already holds what the program needs."""
        return iter(())

    def Run(self, request: language_pb2.RunRequest, context: ServicerContext) -> language_pb2.RunResponse:
        """Run the program that *request* names.

        A failure is logged to the engine once, where it keeps its line breaks, and then answered by `bail`.
        """
        if request.pwd:
            os.chdir(request.pwd)
        program = Path(request.info.program_directory or request.pwd or ".")
        if request.info.entry_point not in ("", "."):
            program /= request.info.entry_point

        self.program = partial(run_program, program)
        try:
            response = super().Run(request, context)
        except (
            RunError
        ):  # It has been logged, and was raised again by a task that waited for the same output.
            return language_pb2.RunResponse(bail=True)
        if response.error:
            return language_pb2.RunResponse(bail=True)
        return response

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a plugin written in Python; a policy pack is started by the SDK's `pulumi.policy` module."""
        directory = request.info.program_directory
        command = [sys.executable, "-u"]
        command += ["-m", "pulumi.policy"] if request.kind == "analyzer" else [directory]
        arguments = [*request.args, directory] if request.kind == "analyzer" else list(request.args)
        environment = {name: value for name, _, value in (entry.partition("=") for entry in request.env)}
        # What it writes to standard error reaches the engine by way of this host's own.
        process = subprocess.Popen(
            [*command, *arguments], cwd=request.pwd or None, env=environment or None, stdout=subprocess.PIPE
        )
        context.add_callback(process.terminate)
        for line in process.stdout or ():
            yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())

    def Cancel(self, request: empty_pb2.Empty, context: ServicerContext) -> empty_pb2.Empty:
        """End the host, and with it the running program."""
        self._stopped.set()
        return empty_pb2.Empty()


def _wait_for_the_engines_end(stopped: threading.Event) -> None:
    """Set *stopped* when standard input ends: the engine holds its other end, and writes nothing to it."""
    while os.read(0, 4096):
        pass
    stopped.set()


def serve() -> None:
    """Serve on a free port of this computer, and print the port.

    Ends on `Cancel`, SIGINT, SIGTERM and the end of the engine.
    """
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=_wait_for_the_engines_end, args=(stopped,), daemon=True).start()
    server = listen(
        partial(language_pb2_grpc.add_LanguageRuntimeServicer_to_server, LanguageHost(stopped)), workers=8
    )
    stopped.wait()
    server.stop(_ANSWER_SECONDS).wait()
    sys.stdout.flush()
    sys.stderr.flush()
    # A program that is being run sits in a thread of the pool; leaving by the front door would wait for it to
    # end.
    os._exit(0)


if __name__ == "__main__":
    serve()
