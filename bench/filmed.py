"""Films of products held before a camera, frame by frame: moved, turned, blurred, with glare, on a busy background."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hardware.opencv import Grey, cv2

COLUMNS, ROWS = 1280, 720
_FORMATS = {
    "EAN13": zxingcpp.BarcodeFormat.EAN13,
    "EAN8": zxingcpp.BarcodeFormat.EAN8,
    "UPCA": zxingcpp.BarcodeFormat.UPCA,
    "CODE128": zxingcpp.BarcodeFormat.Code128,
    "ITF": zxingcpp.BarcodeFormat.ITF,
    "QR": zxingcpp.BarcodeFormat.QRCode,
    "DATAMATRIX": zxingcpp.BarcodeFormat.DataMatrix,
}
_MATRIX = frozenset({"QR", "DATAMATRIX"})


@dataclass(frozen=True, slots=True)
class Held:
    """One product as it is held up: where it begins and how it moves, in pixels a frame."""

    text: str
    symbology: str = "EAN13"
    module: float = 3.0
    angle: float = 0.0
    turn: float = 0.0
    """Degrees a frame."""
    middle: tuple[float, float] = (COLUMNS / 2, ROWS / 2)
    speed: tuple[float, float] = (0.0, 0.0)
    blur: float = 0.0
    """Of the lens."""
    glare: float = 0.0
    """How much of a shine wanders over it, 0 to 1."""
    contrast: float = 1.0


def symbol(text: str, symbology: str) -> Grey:
    """One pixel a module, its quiet zone with it."""
    code = zxingcpp.create_barcode(text, _FORMATS[symbology])
    drawn = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=True, add_hrt=False))
    return np.asarray(drawn if drawn.ndim == 2 else drawn[:, :, 0], np.uint8)


def label(held: Held) -> Grey:
    """The code with white around it."""
    bars = symbol(held.text, held.symbology)
    if held.symbology not in _MATRIX:
        bars = np.repeat(bars[:1], max(30, bars.shape[1] // 2), 0)
    grey = np.kron(bars, np.ones((4, 4), np.uint8))
    return np.pad(grey, 24, constant_values=255)


def background(seed: int) -> Grey:
    """A shop's counter or a printed pack: soft patches, stripes and words."""
    draw = np.random.default_rng(seed)
    soft = cv2.resize(draw.uniform(70, 190, (9, 16)).astype(np.float32), (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC)
    grey = np.clip(soft, 0, 255).astype(np.uint8)
    for _ in range(6):
        corner, size = draw.integers(0, COLUMNS, 2), draw.integers(40, 300, 2)
        top_left = int(corner[0]), int(corner[1] % ROWS)
        cv2.rectangle(
            grey, top_left, (top_left[0] + int(size[0]), top_left[1] + int(size[1])), int(draw.integers(256)), -1
        )
    for _ in range(14):
        place = int(draw.integers(COLUMNS)), int(draw.integers(ROWS))
        words = "".join(draw.choice(list("FARMMILKTEASALT 0123456789"), 9))
        cv2.putText(
            grey, words, place, cv2.FONT_HERSHEY_DUPLEX, float(draw.uniform(0.6, 2.2)), int(draw.integers(256)), 2
        )
    return grey


def frame(scene: Grey, held: Sequence[Held], number: int, noise: np.random.Generator) -> Grey:
    """One frame with all that is held up in it, a number of frames after it came."""
    canvas = scene.astype(np.float32)
    for one in held:
        _put(canvas, _after(one, number), number)
    canvas += noise.normal(0, 3, canvas.shape).astype(np.float32)
    return np.clip(canvas, 0, 255).astype(np.uint8)


def shown(scene: Grey, held: Sequence[Held], frames: int, seed: int = 0) -> Iterator[Grey]:
    """So many frames."""
    noise = np.random.default_rng(seed)
    for number in range(frames):
        yield frame(scene, held, number, noise)


def _after(held: Held, number: int) -> Held:
    middle = held.middle[0] + held.speed[0] * number, held.middle[1] + held.speed[1] * number
    return replace(held, middle=middle, angle=held.angle + held.turn * number)


def _put(canvas: NDArray[np.float32], held: Held, number: int) -> None:
    """The label, and a white pack around it."""
    printed = label(held).astype(np.float32)
    printed = 128 + (printed - 128) * held.contrast
    scale, turned = held.module / 4, math.radians(held.angle)
    across, down = math.cos(turned) * scale, math.sin(turned) * scale
    rows, columns = printed.shape
    into = np.array([[across, -down, 0], [down, across, 0]], np.float32)
    into[:, 2] = np.array(held.middle) - into[:, :2] @ (np.array([columns, rows]) / 2)
    if held.glare:
        _shine(printed, held.glare, number)
    there = cv2.warpAffine(printed, into, (COLUMNS, ROWS), flags=cv2.INTER_AREA)
    mask = cv2.warpAffine(np.ones_like(printed), into, (COLUMNS, ROWS))
    there, mask = (_smear(np.asarray(part, np.float32), held) for part in (there, mask))
    canvas *= 1 - mask
    canvas += there


def _smear(part: NDArray[np.float32], held: Held) -> NDArray[np.float32]:
    """Blurred by the lens, and by the way it goes while the shutter is open: half of the frame's time."""
    if held.blur:
        part = np.asarray(cv2.GaussianBlur(part, (0, 0), held.blur), np.float32)
    reach = math.hypot(*held.speed) / 2
    if reach >= 1.5:
        size = math.ceil(reach) | 1
        kernel: NDArray[np.float32] = np.zeros((size, size), np.float32)
        middle, way = size // 2, np.array(held.speed) / math.hypot(*held.speed) * (size // 2)
        begin, end = ((round(middle + sign * way[0]), round(middle + sign * way[1])) for sign in (-1, 1))
        cv2.line(kernel, begin, end, 1.0)
        part = np.asarray(cv2.filter2D(part, -1, kernel / kernel.sum()), np.float32)
    return part


def _shine(printed: NDArray[np.float32], strength: float, number: int) -> None:
    rows, columns = printed.shape
    across, down = np.meshgrid(np.arange(columns), np.arange(rows))
    middle = columns * (0.2 + 0.6 * ((number * 0.07) % 1)), rows * (0.3 + 0.4 * ((number * 0.031) % 1))
    far = ((across - middle[0]) / (columns * 0.1)) ** 2 + ((down - middle[1]) / (rows * 0.16)) ** 2
    printed += (255 * strength * np.exp(-far)).astype(np.float32)
    np.clip(printed, 0, 255, out=printed)


def write_film(path: str, frames: Iterator[Grey], *, fps: float = 30, codec: str = "MJPG") -> int:
    """How many frames were written."""
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*codec), fps, (COLUMNS, ROWS))
    assert writer.isOpened()
    count = 0
    for grey in frames:
        writer.write(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
        count += 1
    writer.release()
    return count
