"""A camera that the Linux kernel plays (vivid): what a test holds up comes out of /dev/video* as frames.

It is an HDMI input that is looped to an HDMI output; packaging/device-vm loads it so.
"""

import subprocess
import time
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_DRIVER: Final = Path("/sys/bus/platform/drivers/vivid")
_DEVICE: Final = "vivid.0"
_TIMINGS: Final = "index=5"
"""1280 by 720, 30 pictures a second."""
_FRAMES: Final = 6
COLUMNS, ROWS = 1280, 720


def nodes() -> list[Path]:
    """The camera and the output that it looks at; nothing where the kernel has no such device."""
    found = []
    for folder in Path("/sys/class/video4linux").glob("video*"):
        name = (folder / "name").read_text(encoding="ascii").strip()
        if name.startswith("vivid"):
            found.append((name.endswith("out"), Path("/dev") / folder.name))
    return [node for _, node in sorted(found)]


class VirtualCamera:
    """Shows an empty mat until something is held up. Its pictures have a sensor's noise, so that none equals another.

    A scanner must wait a few seconds before it opens one that comes back: what is streaming cannot be set up.
    """

    def __init__(self, folder: Path) -> None:
        self._film = folder / "shown.bgr"
        self._film.write_bytes(bytes(_FRAMES * ROWS * COLUMNS * 3))
        self._player: subprocess.Popen[bytes] | None = None
        self.hold_up()
        self.plug_in()

    @property
    def path(self) -> Path:
        return nodes()[0]

    def hold_up(self, grey: NDArray[np.uint8] | None = None) -> None:
        """A picture of the camera's size; None: the empty mat. Shown within a second."""
        random = np.random.default_rng(4)
        frame = np.full((ROWS, COLUMNS, 3), 200, np.uint8)  # as OpenCV reads a camera without MJPEG: BGR
        if grey is not None:
            frame[:] = grey[:, :, np.newaxis]
        with self._film.open("r+b") as film:  # written over: the player reads it round and round
            for _ in range(_FRAMES):
                frame[0, :, 1] = random.integers(100, 200, COLUMNS, np.uint8)
                film.write(frame.tobytes())

    def unplug(self) -> None:
        """As pulling the plug: the device goes away under the program that reads it."""
        self._end_player()
        (_DRIVER / "unbind").write_text(_DEVICE, encoding="ascii")

    def plug_in(self) -> None:
        if not (_DRIVER / _DEVICE).exists():
            (_DRIVER / "bind").write_text(_DEVICE, encoding="ascii")
        while len(nodes()) < 2 or not all(node.exists() for node in nodes()):
            time.sleep(0.05)  # udev makes the nodes
        camera, output = nodes()
        for node in (output, camera):
            _v4l2(node, "--set-dv-bt-timings", _TIMINGS)
        _v4l2(camera, "-c", "loop_video=1")
        form = f"width={COLUMNS},height={ROWS},pixelformat=BGR3"
        _v4l2(output, "--set-fmt-video-out", form)
        command = ("v4l2-ctl", "-d", output, "--stream-out-mmap", "--stream-from", self._film, "--stream-loop")
        self._player = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        self._end_player()

    def _end_player(self) -> None:
        if self._player is not None:
            self._player.kill()
            self._player.wait()
            self._player = None


def _v4l2(node: Path, *arguments: str) -> None:
    done = subprocess.run(("v4l2-ctl", "-d", node, *arguments), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
