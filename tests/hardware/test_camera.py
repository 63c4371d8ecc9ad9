"""The camera scanner on still pictures, on a real video file, and without its device."""

import contextlib
import itertools
import queue
from pathlib import Path

import numpy as np
import pytest

from hardware.aim import middle
from hardware.camera import CameraScanner, CameraTiming
from hardware.camera_picture import CameraPicture
from hardware.code import Code
from hardware.device_thread import Retry
from hardware.errors import DeviceLost, DeviceMissing, DeviceRefused
from hardware.opencv import cv2
from hardware.sightings import Patience
from tests.hardware.drawn import ean13, write_video
from tests.hardware.listener import PATIENCE_S, Listener
from tests.hardware.scanner_contract import MILK, PLUMS, TEA, ScannerContract

QUICK = Retry(first_s=0.02, longest_s=0.02)
FAST = CameraTiming(rest_s=0.1, patience=Patience(quiet_s=0.1, held_s=0.1), shown_s=0.05, empty_s=0.15)


@contextlib.contextmanager
def listening(source: Path | str | int, timing: CameraTiming = FAST):
    listener, scanner = Listener(), CameraScanner("camera", source, timing=timing, retry=QUICK)
    listener.listen(scanner)
    yield listener
    scanner.close()


def put(folder: Path, name: str, grey: np.ndarray) -> None:
    half = folder / f"{name}.part"
    half.write_bytes(cv2.imencode(".png", grey)[1].tobytes())
    half.rename(folder / f"{name}.png")


class StillRig:
    """Pictures put into a folder are what the camera sees, one after the other."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.scanner = CameraScanner("camera", folder, timing=FAST, retry=QUICK)
        self._names = itertools.count(1000)

    def show(self, code: str) -> None:
        put(self.folder, str(next(self._names)), ean13(code))


class TestCameraScanner(ScannerContract):
    @pytest.fixture
    def rig(self, tmp_path: Path) -> StillRig:
        return StillRig(tmp_path / "stills")

    def test_of_several_codes_in_a_picture_the_one_in_the_middle_is_scanned(self, rig, listener) -> None:
        put(rig.folder, "1", ean13(MILK, PLUMS, TEA, rows=480))
        put(rig.folder, "2", ean13(TEA))
        listener.listen(rig.scanner)
        assert [listener.scan().text, listener.scan().text] == [PLUMS, TEA]

    def test_pictures_are_shown_by_name_and_what_is_none_is_passed_over(self, rig, listener, caplog) -> None:
        (rig.folder / "1-broken.png").write_text("not a picture")
        (rig.folder / "2-notes.txt").write_text("not a picture either")
        put(rig.folder, "3", ean13(PLUMS))
        put(rig.folder, "4", ean13(MILK))
        listener.listen(rig.scanner)
        assert [listener.scan().text, listener.scan().text] == [PLUMS, MILK]
        assert "1-broken.png" in caplog.text

    def test_a_picture_that_is_replaced_is_shown_again(self, rig, listener) -> None:
        put(rig.folder, "1", ean13(PLUMS))
        listener.listen(rig.scanner)
        assert listener.scan().text == PLUMS
        put(rig.folder, "1", ean13(MILK))
        assert listener.scan().text == MILK

    def test_a_folder_that_vanishes_is_lost_and_found_again(self, rig, listener) -> None:
        listener.listen(rig.scanner)
        rig.show(MILK)
        assert listener.scan().text == MILK
        rig.folder.rename(rig.folder.with_name("away"))
        assert isinstance(listener.fault(), DeviceLost)
        rig.folder.with_name("away").rename(rig.folder)
        assert listener.fault() is None
        rig.show(PLUMS)
        assert listener.scan().text == PLUMS


def test_a_camera_that_is_missing_at_the_start_is_a_fault_until_it_is_there(tmp_path) -> None:
    folder = tmp_path / "later"
    with listening(folder) as listener:
        assert isinstance(listener.fault(), DeviceMissing)
        ready = tmp_path / "ready"
        ready.mkdir()
        put(ready, "1", ean13(MILK))
        ready.rename(folder)
        assert listener.fault() is None
        assert listener.scan().text == MILK


@pytest.mark.parametrize("source", [63, "63", "/dev/video63", "/dev/v4l/by-id/none", "Nobody's camera"])
def test_a_camera_that_is_not_plugged_in_is_named_in_the_fault(source) -> None:
    with listening(source) as listener:
        fault = listener.fault()
        assert isinstance(fault, DeviceMissing)
        assert str(source) in str(fault)
        assert listener.faults.empty()


def test_a_file_that_is_no_video_is_refused(tmp_path) -> None:
    (tmp_path / "shop.mp4").write_text("not a video")
    with listening(tmp_path / "shop.mp4") as listener:
        assert isinstance(listener.fault(), DeviceRefused)


def test_a_missing_video_is_missing(tmp_path) -> None:
    with listening(tmp_path / "shop.mp4") as listener:
        assert isinstance(listener.fault(), DeviceMissing)


def test_codes_that_pass_in_a_video_are_scanned_once_each(tmp_path) -> None:
    empty, plums = np.full((360, 640), 225, np.uint8), ean13(PLUMS)
    passing = [np.roll(ean13(MILK), (2 * step, 3 * step), (0, 1)) for step in range(-15, 15)]
    frames = [empty] * 6 + passing + [empty] * 15 + [plums] * 20 + [empty] * 3
    write_video(tmp_path / "shop.avi", frames)
    with listening(tmp_path / "shop.avi", CameraTiming()) as listener:
        assert [listener.scan().text, listener.scan().text] == [MILK, PLUMS]
        assert listener.scans.empty()
        assert listener.faults.empty()


def test_a_check_says_what_was_found(tmp_path) -> None:
    write_video(tmp_path / "shop.avi", [ean13(MILK)] * 3)
    scanner = CameraScanner("camera", tmp_path / "shop.avi")
    assert scanner.check() == "video shop.avi, 640x360, 30 pictures a second"
    with pytest.raises(DeviceMissing, match=r"camera: there is no video .*none\.avi"):
        CameraScanner("camera", tmp_path / "none.avi").check()


def test_who_listens_gets_pictures_with_what_was_found_and_the_news_that_the_camera_is_away(tmp_path) -> None:
    rig, listener = StillRig(tmp_path / "stills"), Listener()
    pictures: queue.Queue[CameraPicture] = queue.Queue()
    scanner = CameraScanner("camera", rig.folder, timing=FAST, retry=QUICK, on_picture=pictures.put)
    listener.listen(scanner)
    rig.show(MILK)
    counted = next(
        it for it in iter(lambda: pictures.get(timeout=PATIENCE_S), None) if it.found and it.found[0].counted
    )
    assert counted.grey is not None
    assert counted.grey.shape == (270, 480)
    column, row = middle(Code("", "", counted.found[0].corners))
    assert (column, row) == pytest.approx((0.5, 0.5), abs=0.1)
    rig.folder.rename(tmp_path / "away")
    assert next(it for it in iter(lambda: pictures.get(timeout=PATIENCE_S), 0) if it.grey is None).found == ()
    scanner.close()
