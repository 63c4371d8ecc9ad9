"""Checks the QML: its form with qmlformat, its names with qmllint against the view-models in Python.

qmllint knows a Python class only by a qmltypes file. PySide6's own tools make one out of the source:
metaobjectdump reads the `@QmlElement` classes, qmltyperegistrar writes what they offer.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
QML_ROOT = ROOT / "kiosk"
PYSIDE = Path(PySide6.__file__).parent
# The bases of our classes come from these.
QT_MODULES = ("core", "gui", "qml", "quick")
MODULE_NAME = re.compile(r"^QML_IMPORT_NAME(?::[^=]+)? = \"([\w.]+)\"", re.MULTILINE)
MAJOR_VERSION = re.compile(r"^QML_IMPORT_MAJOR_VERSION(?::[^=]+)? = (\d+)", re.MULTILINE)


class ToolError(Exception):
    """One of Qt's tools failed on the project's own files."""


def qml_files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.qml"))


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        name = Path(command[0]).name
        raise ToolError(f"{name} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return done.stdout


# --- form -------------------------------------------------------------------------------------


def format_all(files: list[Path], *, fix: bool) -> int:
    wrong = 0
    for file in files:
        is_now = file.read_text(encoding="utf-8")
        ought_to_be = run(PYSIDE / "qmlformat", "--ignore-settings", file)
        if is_now == ought_to_be:
            continue
        wrong += 1
        if fix:
            file.write_text(ought_to_be, encoding="utf-8")
        else:
            print(difference(file, is_now, ought_to_be))
    if fix:
        print(f"qmlformat: {wrong} of {len(files)} files rewritten")
        return 0
    remedy = ": .venv/bin/python packaging/qml_lint.py format --fix" if wrong else ""
    print(f"qmlformat: {wrong} of {len(files)} files need formatting{remedy}")
    return 1 if wrong else 0


def difference(file: Path, is_now: str, ought_to_be: str) -> str:
    name = str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
    lines = difflib.unified_diff(is_now.splitlines(), ought_to_be.splitlines(), name, "formatted", n=0, lineterm="")
    return "\n".join(lines)


# --- names ------------------------------------------------------------------------------------


def modules_of(root: Path) -> dict[tuple[str, str], list[Path]]:
    """Return the Python files of each QML module (name, major version)."""
    modules: dict[tuple[str, str], list[Path]] = {}
    for file in sorted(root.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        name, version = MODULE_NAME.search(source), MAJOR_VERSION.search(source)
        if name and version:
            modules.setdefault((name[1], version[1]), []).append(file)
    return modules


def write_module(name: str, version: str, files: list[Path], folder: Path) -> None:
    """Make the folder's QML module, so that `import name` finds the types that Python registers."""
    module = folder.joinpath(*name.split("."))
    module.mkdir(parents=True)
    metatypes = module / "metatypes.json"
    run(sys.executable, "-m", "PySide6.scripts.metaobjectdump", "-o", metatypes, *files)
    correct(metatypes)
    foreign = ",".join(str(PYSIDE / "Qt" / "metatypes" / f"qt6{qt}_metatypes.json") for qt in QT_MODULES)
    run(
        PYSIDE / "Qt" / "libexec" / "qmltyperegistrar",
        "--generate-qmltypes", module / "types.qmltypes",
        "--import-name", name,
        "--major-version", version,
        "--foreign-types", foreign,
        "-o", module / "registration.cpp",  # it insists on writing C++; nobody reads it
        metatypes,
    )  # fmt: skip
    (module / "qmldir").write_text(f"module {name}\ntypeinfo types.qmltypes\n", encoding="utf-8")


def correct(metatypes: Path) -> None:
    """Mend what metaobjectdump misses: a base class that it met only later, and objects passed as pointers."""
    dumped = json.loads(metatypes.read_text(encoding="utf-8"))
    classes = {each["className"]: each for file in dumped for each in file["classes"]}

    def is_object(name: str) -> bool:
        bases = [base["name"] for base in classes[name].get("superClasses", ())]
        return classes[name]["object"] or any(base in classes and is_object(base) for base in bases)

    for name, each in classes.items():
        each["object"] = is_object(name)
        for member in each.get("properties", ()):
            if member["type"] in classes:
                member["type"] += "*"
    metatypes.write_text(json.dumps(dumped), encoding="utf-8")


def lint_all(files: list[Path], root: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="qml-types-") as folder:
        modules = modules_of(root)
        for (name, version), sources in modules.items():
            write_module(name, version, sources, Path(folder))
        options = ("--ignore-settings", "-I", folder, "--max-warnings", "0")
        command: list[str | Path] = [PYSIDE / "qmllint", *options, *files]
        status = subprocess.run(command, check=False).returncode
    names = ", ".join(name for name, _ in modules) or "no module of Python types"
    print(f"qmllint: {len(files)} files against {names}: {'passed' if status == 0 else 'FAILED'}")
    return 1 if status else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the form and the names of the QML files.")
    parser.add_argument("what", choices=("format", "lint"))
    parser.add_argument("--fix", action="store_true", help="with format: rewrite the files")
    parser.add_argument("--root", type=Path, default=QML_ROOT, help="where QML and view-models are")
    asked = parser.parse_args()
    files = qml_files(asked.root)
    if not files:
        print(f"qml: there are no QML files under {asked.root}; nothing to check")
        return 0
    try:
        return format_all(files, fix=asked.fix) if asked.what == "format" else lint_all(files, asked.root)
    except ToolError as error:
        print(f"qml: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
