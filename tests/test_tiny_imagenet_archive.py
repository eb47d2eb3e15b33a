"""Fetching the archive: from a file, and from a server that breaks off."""

import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_imagenet import WNIDS, write
from typer.testing import CliRunner

from regnet.cli import app
from regnet.training import data
from regnet.training.tiny_imagenet_archive import URL, fetch


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set of two classes as a zip file."""
    folder = tmp_path_factory.mktemp("archive")
    root = write(folder, WNIDS[:2])
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for file in sorted(root.rglob("*")):
            opened.write(file, file.relative_to(folder))
    return path


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server that announces 1,000 bytes and sends 10."""

    class Torn(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/torn.zip" else 404)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"PK\3\4 torn ")

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Torn) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_the_fetched_archive_is_the_data_set(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    asked = ["data", "tiny-imagenet", "--url", archive.as_uri()]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "data" / "tiny-imagenet-200") in result.output.replace("\n", "")
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["tiny-imagenet-200"]
    assert len(data.load("tiny-imagenet-2").train) == 800
    again = CliRunner().invoke(app, [*asked[:-1], "http://127.0.0.1:9/none.zip"])
    assert again.exit_code == 0, "nothing is fetched where it is there"


def test_what_is_not_the_whole_archive_is_refused_and_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    content = archive.read_bytes()
    torn, damaged, other = (tmp_path / name for name in ("torn.zip", "damaged.zip", "other.zip"))
    torn.write_bytes(content[: len(content) // 2])
    damaged.write_bytes(content[:500] + bytes(byte ^ 255 for byte in content[500:900]) + content[900:])
    with zipfile.ZipFile(other, "w") as opened:
        opened.writestr("readme.txt", "another archive")
    for path, said in ((torn, "no whole zip file"), (damaged, "no whole zip file"), (other, "without .*wnids.txt")):
        with pytest.raises(ValueError, match=said):
            fetch(tmp_path / "data", path.as_uri())
    assert list((tmp_path / "data").iterdir()) == []
    (tmp_path / "data" / "tiny-imagenet-200").mkdir()
    with pytest.raises(
        FileExistsError, match=r"tiny-imagenet-200 is there without wnids\.txt, so not whole: remove it"
    ):
        fetch(tmp_path / "data", archive.as_uri())


def test_an_address_that_breaks_off_or_is_not_there_is_named_with_what_to_do(server: str, tmp_path: Path) -> None:
    with pytest.raises((ValueError, OSError), match=r"torn.zip (broke off|cannot be fetched)"):
        fetch(tmp_path, f"{server}/torn.zip")
    for url in (f"{server}/none.zip", (tmp_path / "none.zip").as_uri()):
        with pytest.raises(
            OSError, match=rf"cannot be fetched .*: download it by other means and unpack it in {tmp_path}"
        ):
            fetch(tmp_path, url)
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_to_put_it_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGNET_DATA", raising=False)
    result = CliRunner().invoke(app, ["data", "tiny-imagenet"])
    assert result.exit_code == 2
    assert "set REGNET_DATA" in result.output
    assert URL.endswith("tiny-imagenet-200.zip")
