"""The fake keeps the contract that the real ones keep, and plays faults on demand."""

import pytest

from hardware.errors import DeviceLost
from hardware.fakes.scanner import FakeScanner
from tests.hardware.scanner_contract import ScannerContract


class FakeRig:
    def __init__(self) -> None:
        self.scanner = FakeScanner("fake")

    def show(self, code: str) -> None:
        self.scanner.show(code)


class TestFakeScanner(ScannerContract):
    @pytest.fixture
    def rig(self) -> FakeRig:
        return FakeRig()

    def test_an_outage_is_told_once_and_so_is_its_end(self, rig, listener) -> None:
        listener.listen(rig.scanner)
        lost = DeviceLost("unplugged", device="fake")
        rig.scanner.fail(lost)
        rig.scanner.fail(DeviceLost("still unplugged", device="fake"))
        rig.scanner.recover()
        rig.scanner.recover()
        rig.show("4006381333931")
        listener.scan()
        assert [listener.fault(), listener.fault()] == [lost, None]
        assert listener.faults.empty()

    def test_a_listener_that_fails_at_a_fault_does_not_stop_the_scanner(self, rig, listener, caplog) -> None:
        def fail(_: object) -> None:
            raise ZeroDivisionError

        rig.scanner.start(listener.on_scan, fail)
        rig.scanner.fail(DeviceLost("unplugged", device="fake"))
        rig.show("4006381333931")
        assert listener.scan().text == "4006381333931"
        assert "ZeroDivisionError" in caplog.text

    def test_the_kind_of_code_can_be_chosen(self, rig, listener) -> None:
        listener.listen(rig.scanner)
        rig.scanner.show("https://example.org/x", "QR", gs1=True)
        scan = listener.scan()
        assert (scan.symbology, scan.gs1) == ("QR", True)
