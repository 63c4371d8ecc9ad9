"""A V4L2 camera, through OpenCV: newest frame first, known again when it was plugged in elsewhere."""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

import numpy as np

from hardware.camera_controls import CameraControls, CameraLight, open_controls
from hardware.camera_place import CameraPlace
from hardware.errors import DeviceBusy, DeviceLost, DeviceRefused
from hardware.opencv import cv2
from hardware.shot import Shot

_FROZEN_S: Final = 5.0
"""A sensor's noise makes every picture another one: equal ones come from a camera that hangs or is shut."""


class CameraPictures:
    """Frames in between are dropped undecoded, so `current` is never old."""

    waits = False

    def __init__(
        self,
        place: CameraPlace,
        name: str,
        *,
        columns: int,
        light: CameraLight | None = None,
        backend: int = cv2.CAP_V4L2,
        frozen_s: float = _FROZEN_S,
    ) -> None:
        self._place = place
        self._name = name
        self._columns = columns
        self._light = light or CameraLight()
        self._backend = backend
        self._freeze = _Freeze(frozen_s)
        self._capture: cv2.VideoCapture | None = None
        self._controls: tuple[int, CameraControls] | None = None
        self._lit = False
        self._device = Path()
        self._fourcc = ""
        self._shot: Shot | None = None

    def open(self) -> str:
        self._device = self._place.find()
        if not os.access(self._device, os.R_OK | os.W_OK):
            message = f"no permission for {self._device}; put the lane's user into the group video"
            raise DeviceRefused(message, device=self._name)
        capture = cv2.VideoCapture(str(self._device), self._backend)
        if not capture.isOpened():
            capture.release()
            message = f"{self._device} does not open; end the other program that holds it, if it is a camera at all"
            raise DeviceBusy(message, device=self._name)
        self._capture = capture
        self._choose_format(capture)
        self._controls = open_controls(self._device, self._name) if self._backend == cv2.CAP_V4L2 else None
        if self._controls is not None:
            self._controls[1].set_up(self._light)
        self._lit = self._light.torch == "on"
        return self._description(capture)

    def advance(self) -> None:
        if self._capture is None or not self._capture.grab():
            raise DeviceLost(f"{self._device} gives no more pictures; see whether it is plugged in", device=self._name)
        whole, frame = self._capture.retrieve()
        self._shot = Shot(np.asarray(frame, np.uint8), self._fourcc) if whole and frame is not None else None
        if self._shot is not None and self._freeze.lasts(self._shot.fingerprint(), time.monotonic()):
            message = f"{self._device} gives the same picture again and again; open its shutter or plug it in anew"
            raise DeviceLost(message, device=self._name)

    def current(self) -> Shot | None:
        return self._shot

    def light(self, *, on: bool) -> None:
        """The torch in automatic mode."""
        if self._light.torch == "auto" and on != self._lit and self._controls is not None:
            self._lit = on
            self._controls[1].torch(on=on)

    def close(self) -> None:
        if self._controls is not None:
            if self._lit:
                self._controls[1].torch(on=False)
            with contextlib.suppress(OSError):
                os.close(self._controls[0])
            self._controls = None
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        self._shot = None

    def _choose_format(self, capture: cv2.VideoCapture) -> None:
        # MJPEG gives 30 frames a second at this size over USB 2, where YUYV gives 10.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._columns)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._columns * 9 // 16)
        capture.set(cv2.CAP_PROP_FPS, 30)
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 2)
        self._fourcc = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=False).decode("latin-1")

    def _description(self, capture: cv2.VideoCapture) -> str:
        columns, rows = (int(capture.get(prop)) for prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        card = self._place.card(self._device) or "camera"
        fps = capture.get(cv2.CAP_PROP_FPS)
        return f"{card} at {self._device}, {columns}x{rows} {self._fourcc.strip()}, {fps:.0f} pictures a second"


class _Freeze:
    """Outlives the camera's sessions: opening it again does not make a still picture a live one."""

    def __init__(self, frozen_s: float) -> None:
        self._frozen_s = frozen_s
        self._print: int | None = None
        self._since = 0.0

    def lasts(self, fingerprint: int, now: float) -> bool:
        if fingerprint != self._print:
            self._print = fingerprint
            self._since = now
        return now - self._since >= self._frozen_s
