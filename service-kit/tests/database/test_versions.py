"""Migrations that were made somewhere never change."""

import hashlib
from pathlib import Path

import pytest

from gennet_service_kit.database.owner import MigrationError
from gennet_service_kit.database.versions import add_versions, check_versions, main

from .migrating import MIGRATIONS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With one migration that is in the list."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001_items.py").write_text("1\n")
    assert add_versions(tmp_path) == ["versions/0001_items.py"]
    return tmp_path


def test_the_migrations_of_these_tests_are_as_they_were() -> None:
    check_versions(MIGRATIONS)


def test_the_list_is_that_of_sha256sum(folder: Path) -> None:
    digest = hashlib.sha256(b"1\n").hexdigest()

    assert (folder / "versions.sha256").read_text() == f"{digest}  versions/0001_items.py\n"


def test_a_new_migration_is_added_and_the_others_stay(folder: Path) -> None:
    (folder / "versions" / "0002_more.py").write_text("2\n")
    with pytest.raises(MigrationError, match=r"not in versions.sha256: versions/0002_more.py"):
        check_versions(folder)

    assert main([str(folder)]) == 0

    check_versions(folder)
    assert len((folder / "versions.sha256").read_text().splitlines()) == 2


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_migration_that_was_changed_is_refused_and_never_added_again(
    folder: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "versions" / "0001_items.py"
    if change == "changed":
        file.write_text("other\n")
    else:
        file.unlink()
    (folder / "versions" / "0002_more.py").write_text("2\n")

    with pytest.raises(MigrationError, match=r"changed or removed: versions/0001_items.py\. .*new"):
        check_versions(folder)
    assert main([str(folder)]) == 1
    assert "versions/0001_items.py" in capsys.readouterr().err
    with pytest.raises(MigrationError):
        check_versions(folder)


def test_other_ends_of_lines_are_no_change(folder: Path) -> None:
    (folder / "versions" / "0001_items.py").write_bytes(b"1\r\n")

    check_versions(folder)


def test_without_a_folder_the_command_shows_its_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err
