"""The wheel: whole, and at home outside a clone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_everything(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"samewire/{path.relative_to(ROOT / 'src' / 'samewire')}"
        for path in (ROOT / "src" / "samewire").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for folder in ("suites", "schemas", "spec", "clients", "requirements"):
        wanted |= {
            f"samewire/{path.relative_to(ROOT)}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
    wanted.add("samewire/providers.yaml")
    assert not wanted - carried


def test_the_demonstration_runs_from_the_wheel_outside_a_clone(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = "import samewire.cli, samewire; print(samewire.__file__); samewire.cli.main(['demo', '-q'])"
    environment = {"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin", "PYTEST_ADDOPTS": "--no-such-option"}
    done = subprocess.run([sys.executable, "-c", code], cwd=elsewhere, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(str(installed))
    assert (elsewhere / "reports" / "report.html").stat().st_size > 10_000


def test_the_readme_and_ci_say_the_same() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first, second = "pip install . && samewire demo", "pip install -e '.[test]' && pytest -n 2 --dist loadfile"
    assert f"$ {first}" in readme
    assert f"$ {second}" in readme
    assert second in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
