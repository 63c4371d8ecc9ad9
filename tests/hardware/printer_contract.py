"""What every receipt printer keeps, whatever it hangs on. A driver's test file derives its class from this one."""

import io
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from hardware.errors import DeviceRefused
from hardware.printer import Paper, Printer

Ink = NDArray[np.uint8]


class Rig(Protocol):
    """A printer, its paper, and a hand that takes the roll out and puts a new one in."""

    printer: Printer

    def printed(self) -> list[Ink]: ...

    def take_paper(self) -> None: ...

    def new_roll(self) -> None: ...


def a_receipt(dots: int, seed: int = 1, height: int = 300) -> Ink:
    """Strokes as letters make them, to the very edges, in no multiple of a strip's height."""
    chance = np.random.default_rng(seed)
    ink = np.zeros((height, dots), np.uint8)
    for _ in range(400):
        top, left = chance.integers(height), chance.integers(dots)
        ink[top : top + chance.integers(2, 12), left : left + chance.integers(2, 12)] = 1
    ink[0, 0] = ink[0, 1] = ink[-1, -1] = ink[-1, -2] = 1
    return ink


def png_of(ink: Ink, **fields: str) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for name, text in fields.items():
        info.add_itxt(name, text)
    held = io.BytesIO()
    Image.fromarray(255 * (1 - ink)).save(held, "PNG", pnginfo=info)
    return held.getvalue()


def ink_of(png: bytes) -> Ink:
    with Image.open(io.BytesIO(png)) as picture:
        return (np.asarray(picture.convert("L")) < 128).astype(np.uint8)


class PrinterContract:
    @pytest.fixture
    def rig(self) -> Rig:
        raise NotImplementedError

    def test_a_picture_comes_out_dot_by_dot_as_it_was_drawn(self, rig: Rig) -> None:
        drawn = a_receipt(rig.printer.dots)
        rig.printer.print_picture(png_of(drawn))
        (printed,) = rig.printed()
        assert np.array_equal(printed, drawn)

    def test_every_picture_is_cut_from_the_next(self, rig: Rig) -> None:
        drawn = [a_receipt(rig.printer.dots, seed, height) for seed, height in ((1, 64), (2, 65), (3, 1))]
        for ink in drawn:
            rig.printer.print_picture(png_of(ink))
        assert [ink.shape for ink in rig.printed()] == [ink.shape for ink in drawn]
        assert all(np.array_equal(*pair) for pair in zip(rig.printed(), drawn, strict=True))

    def test_grey_is_ink_or_paper_and_never_a_pattern(self, rig: Rig) -> None:
        grey = np.full((70, rig.printer.dots), 140, np.uint8)
        grey[:35] = 115
        held = io.BytesIO()
        Image.fromarray(grey).save(held, "PNG")
        rig.printer.print_picture(held.getvalue())
        assert rig.printed()[0][:35].all()
        assert not rig.printed()[0][35:].any()

    def test_with_paper_and_closed_it_can_print(self, rig: Rig) -> None:
        assert rig.printer.state().can_print

    def test_without_paper_it_says_so_prints_nothing_and_prints_again_with_a_new_roll(self, rig: Rig) -> None:
        rig.take_paper()
        assert rig.printer.state().paper is Paper.OUT
        with pytest.raises(DeviceRefused, match="paper"):
            rig.printer.print_picture(png_of(a_receipt(rig.printer.dots)))
        assert rig.printed() == []
        rig.new_roll()
        assert rig.printer.state().can_print
        rig.printer.print_picture(png_of(a_receipt(rig.printer.dots)))
        assert len(rig.printed()) == 1

    @pytest.mark.parametrize("wide", [1, 575, 577])
    def test_a_picture_of_another_width_is_refused_before_any_ink(self, rig: Rig, wide: int) -> None:
        with pytest.raises(DeviceRefused, match=f"{wide} dots wide"):
            rig.printer.print_picture(png_of(np.ones((20, wide), np.uint8)))
        assert rig.printed() == []

    def test_what_is_no_picture_is_refused(self, rig: Rig) -> None:
        with pytest.raises(DeviceRefused, match="cannot print this picture"):
            rig.printer.print_picture(b"no picture")
        assert rig.printed() == []

    def test_its_check_says_how_wide_it_prints(self, rig: Rig) -> None:
        assert str(rig.printer.dots) in rig.printer.check()

    def test_its_check_names_the_remedy_when_the_paper_is_out(self, rig: Rig) -> None:
        rig.take_paper()
        with pytest.raises(DeviceRefused, match=r"paper; (put|remove)"):
            rig.printer.check()

    def test_closed_it_opens_again_by_itself(self, rig: Rig) -> None:
        rig.printer.state()
        rig.printer.close()
        rig.printer.close()
        rig.printer.print_picture(png_of(a_receipt(rig.printer.dots)))
        assert len(rig.printed()) == 1
