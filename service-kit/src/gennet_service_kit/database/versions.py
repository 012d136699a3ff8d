"""Migrations never change: each has been made somewhere already.

`versions.sha256` beside the folder `versions` has their checksums, as sha256sum writes them.
python -m gennet_service_kit.database.versions FOLDER adds those of new migrations.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from .owner import MigrationError

LIST = "versions.sha256"


def check_versions(folder: Path) -> None:
    """Raises MigrationError where a migration was changed, removed, or is not in the list."""
    written, found = written_versions(folder), found_versions(folder)
    changed = sorted(name for name in written if written[name] != found.get(name))
    if changed:
        raise MigrationError(
            f"migrations were changed or removed: {', '.join(changed)}",
            "They may have been made already: restore them, and make a new migration instead. One"
            f" that was never released may leave {LIST}, and be added again.",
        )
    new = sorted(found.keys() - written.keys())
    if new:
        raise MigrationError(
            f"migrations are not in {LIST}: {', '.join(new)}",
            "Run python -m gennet_service_kit.database.versions with their folder.",
        )


def add_versions(folder: Path) -> list[str]:
    """Adds new migrations to the list; returns their names. Raises MigrationError for others."""
    written, found = written_versions(folder), found_versions(folder)
    new = sorted(found.keys() - written.keys())
    lines = [f"{digest}  {name}\n" for name, digest in sorted((found | written).items())]
    if new:
        (folder / LIST).write_text("".join(lines))
    check_versions(folder)
    return new


def written_versions(folder: Path) -> dict[str, str]:
    """Returns the checksums of the list, by file."""
    file = folder / LIST
    lines = file.read_text().splitlines() if file.exists() else []
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


def found_versions(folder: Path) -> dict[str, str]:
    """Returns the checksums of the files, by file."""
    files = sorted((folder / "versions").glob("*.py"))
    return {f"versions/{file.name}": digest_of(file) for file in files}


def digest_of(file: Path) -> str:
    """Returns the same on systems that end lines otherwise."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def main(words: Sequence[str]) -> int:
    """Returns the exit code of the command."""
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        for name in add_versions(Path(words[0])):
            print(f"added {name}")
    except MigrationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
