"""The printers that need none: the fake keeps what it prints, the folder makes files of it."""

from pathlib import Path

import pytest

from hardware.errors import DeviceLost, DeviceRefused
from hardware.fakes.printer import FakePrinter
from hardware.printer import Paper, PrinterState
from hardware.printer_folder import OUT_OF_PAPER, FolderPrinter
from tests.hardware.printer_contract import Ink, PrinterContract, a_receipt, ink_of, png_of


class FakeRig:
    def __init__(self) -> None:
        self.printer = FakePrinter()

    def printed(self) -> list[Ink]:
        return [ink_of(png) for png in self.printer.printed]

    def take_paper(self) -> None:
        self.printer.says = PrinterState(Paper.OUT)

    def new_roll(self) -> None:
        self.printer.says = PrinterState(Paper.OK)


class FolderRig:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "receipts"
        self.printer = FolderPrinter("folder", self.folder)

    def printed(self) -> list[Ink]:
        files = sorted(self.folder.glob("[!.]*.png"), key=lambda path: path.stat().st_mtime_ns)
        return [ink_of(path.read_bytes()) for path in files]

    def take_paper(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / OUT_OF_PAPER).touch()

    def new_roll(self) -> None:
        (self.folder / OUT_OF_PAPER).unlink()


class TestFakePrinter(PrinterContract):
    @pytest.fixture
    def rig(self) -> FakeRig:
        return FakeRig()

    def test_a_fault_that_was_ordered_comes_once(self, rig: FakeRig) -> None:
        png = png_of(a_receipt(576))
        rig.printer.fail_once(DeviceLost("gone", device="printer"))
        with pytest.raises(DeviceLost):
            rig.printer.print_picture(png)
        rig.printer.print_picture(png)
        assert len(rig.printed()) == 1


class TestFolderPrinter(PrinterContract):
    @pytest.fixture
    def rig(self, tmp_path: Path) -> FolderRig:
        return FolderRig(tmp_path)

    def test_title_and_description_name_the_file_and_become_a_text(self, rig: FolderRig) -> None:
        rig.printer.print_picture(png_of(a_receipt(576), Title="3-ABC", Description="总计 ¥9.20"))
        assert (rig.folder / "3-ABC.txt").read_text(encoding="utf-8") == "总计 ¥9.20\n"
        assert sorted(path.name for path in rig.folder.iterdir()) == ["3-ABC.png", "3-ABC.txt"]

    def test_a_copy_lies_beside_its_original(self, rig: FolderRig) -> None:
        for _ in range(3):
            rig.printer.print_picture(png_of(a_receipt(576), Title="3-ABC"))
        assert sorted(path.name for path in rig.folder.iterdir()) == ["3-ABC-2.png", "3-ABC-3.png", "3-ABC.png"]

    def test_a_title_cannot_lead_out_of_the_folder(self, rig: FolderRig) -> None:
        rig.printer.print_picture(png_of(a_receipt(576), Title="../../etc/passwd"))
        assert len(rig.printed()) == 1
        assert [path.name for path in rig.folder.parent.iterdir()] == ["receipts"]

    def test_a_folder_that_takes_no_more_is_refused_and_leaves_nothing_that_looks_whole(self, rig: FolderRig) -> None:
        (rig.folder / ".3-ABC.png").mkdir(parents=True)
        png = png_of(a_receipt(576), Title="3-ABC")
        with pytest.raises(DeviceRefused, match=r"receipts took no more"):
            rig.printer.print_picture(png)
        assert rig.printed() == []
        (rig.folder / ".3-ABC.png").rmdir()
        rig.printer.print_picture(png)
        assert len(rig.printed()) == 1

    def test_a_look_makes_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert "will make" in FolderPrinter("folder", tmp_path / "new" / "one").check()
        with pytest.raises(DeviceRefused, match=r"may not make .*new; give .*file"):
            FolderPrinter("folder", tmp_path / "file" / "new").check()
        assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def test_a_file_in_the_folders_place_is_refused_with_its_path(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(DeviceRefused, match=r"cannot use the folder .*file"):
            FolderPrinter("folder", tmp_path / "file").state()
