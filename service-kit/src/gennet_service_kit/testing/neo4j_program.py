"""The Java program that runs Neo4j: fetched and compiled once, then found in the user's cache."""

import contextlib
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from .server_process import ServerError

SOURCES = Path(__file__).parent / "neo4j_server"
POM = SOURCES / "pom.xml"
MAIN = SOURCES / "Neo4jServer.java"


def class_path() -> str:
    """Where Java finds the program and its libraries. Raises ServerError."""
    key = hashlib.sha256(POM.read_bytes() + MAIN.read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neo4j-for-tests"
    folder = cache / key
    if not is_complete(folder):
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            draft = Path(scratch, "draft")
            draft.mkdir()
            build(draft)
            with contextlib.suppress(FileNotFoundError):
                folder.rename(Path(scratch, "stale"))
            # Another process may have been quicker: its file is the same.
            with contextlib.suppress(OSError):
                draft.rename(folder)
    return os.pathsep.join([str(folder), libraries_of(folder)])


def libraries_of(folder: Path) -> str:
    """Returns the class path of the libraries, as Maven wrote it."""
    return (folder / "libraries").read_text()


def is_complete(folder: Path) -> bool:
    """Whether it was built, and Maven's own cache has not been emptied since."""
    try:
        libraries = libraries_of(folder).split(os.pathsep)
    except FileNotFoundError:
        return False
    return all(Path(library).exists() for library in libraries)


def build(folder: Path) -> None:
    """Fetches the libraries and compiles the program. Raises ServerError."""
    libraries = folder / "libraries"
    maven = ["mvn", "--quiet", "--batch-mode", "--file", str(POM), "dependency:build-classpath"]
    run([*maven, f"-Dmdep.outputFile={libraries}"])
    run(["javac", "-cp", libraries.read_text(), "-d", str(folder), str(MAIN)])


def run(command: list[str]) -> None:
    """Runs a command to its end. Raises ServerError with its output where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ServerError(
            f"{command[0]} could not make the Neo4j of the tests ready:\n"
            f"{done.stdout}{done.stderr}".strip()
        )
