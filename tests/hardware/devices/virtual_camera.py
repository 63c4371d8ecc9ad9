"""A camera that the Linux kernel plays (vivid): what a test holds up comes out of /dev/video* as frames.

It is an HDMI input that is looped to an HDMI output; packaging/device-vm loads it so.
"""

import contextlib
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_DRIVER = Path("/sys/bus/platform/drivers/vivid")
_DEVICE = "vivid.0"
COLUMNS, ROWS = 1280, 720
# Five pictures a second, by long pauses between lines: at sixty an emulated processor has no time left for the test.
_TIMINGS = f"width={COLUMNS},height={ROWS},hfp=300,hs=120,hbp=300,vfp=300,vs=80,vbp=300,pixelclock=14000000"


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

    def __init__(self) -> None:
        self._random = np.random.default_rng(4)
        self._stop = threading.Event()
        self._player: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._grey: NDArray[np.uint8] = np.full((ROWS, COLUMNS), 200, np.uint8)
        self.plug_in()

    @property
    def path(self) -> Path:
        return nodes()[0]

    def hold_up(self, grey: NDArray[np.uint8] | None = None) -> None:
        """A picture of the camera's size; None: the empty mat."""
        self._grey = np.full((ROWS, COLUMNS), 200, np.uint8) if grey is None else grey

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
        form = f"width={COLUMNS},height={ROWS},pixelformat=YUYV"
        command = ("v4l2-ctl", "-d", output, "--set-fmt-video-out", form, "--stream-out-mmap", "--stream-from", "-")
        self._player = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._stop.clear()
        self._thread = threading.Thread(target=self._play, args=(self._player,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._end_player()

    def _end_player(self) -> None:
        self._stop.set()
        if self._player is not None and self._thread is not None:
            self._player.kill()
            self._player.wait()
            self._thread.join()
            self._player = self._thread = None

    def _play(self, player: subprocess.Popen[bytes]) -> None:
        assert player.stdin is not None
        frame = np.full((ROWS, COLUMNS, 2), 128, np.uint8)  # the second byte is colour: none
        with contextlib.suppress(BrokenPipeError), player.stdin as pipe:
            while not self._stop.is_set():
                frame[:, :, 0] = self._grey
                frame[0, :, 0] = self._random.integers(100, 200, COLUMNS, np.uint8)
                pipe.write(frame.tobytes())


def _v4l2(node: Path, *arguments: str) -> None:
    subprocess.run(("v4l2-ctl", "-d", node, *arguments), check=True, stdout=subprocess.DEVNULL)
