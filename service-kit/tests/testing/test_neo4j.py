from pathlib import Path

import pytest

from gennet_service_kit.testing import neo4j, neo4j_program
from gennet_service_kit.testing.server_process import ServerError


def test_without_java_and_without_a_server_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TEST_NEO4J_URL", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ServerError, match=r"JDK .* Maven.* TEST_NEO4J_URL"), neo4j.serve():
        pytest.fail("There is nothing that could be run.")


def test_a_server_that_is_there_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_NEO4J_URL", "neo4j+s://me:p%40ss@graph.example/movies")

    with neo4j.serve() as variables:
        assert variables == {
            "APP_NEO4J__URI": "neo4j+s://graph.example:7687",
            "APP_NEO4J__USERNAME": "me",
            "APP_NEO4J__PASSWORD": "p@ss",
            "APP_NEO4J__DATABASE": "movies",
        }


def test_an_address_without_a_login_is_refused() -> None:
    with pytest.raises(ServerError, match="neo4j://USER:PASSWORD@HOST:PORT"):
        neo4j.variables_of("neo4j://graph.example")


def test_the_program_is_built_once_and_again_when_maven_s_cache_was_emptied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = tmp_path / "library.jar"
    built: list[Path] = []

    def build(folder: Path) -> None:
        built.append(folder)
        library.touch()
        (folder / "libraries").write_text(str(library))

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(neo4j_program, "build", build)

    first = neo4j_program.class_path()
    assert (neo4j_program.class_path(), len(built)) == (first, 1)
    library.unlink()
    assert (neo4j_program.class_path(), len(built)) == (first, 2)
    assert len(list((tmp_path / "neo4j-for-tests").iterdir())) == 1


def test_what_maven_complains_about_is_shown() -> None:
    with pytest.raises(ServerError, match=r"(?s)javac could not .*no such file"):
        neo4j_program.run(["javac", "there is no such file"])
