"""A short video of a code that moves over a counter, as a camera would see it.

`python -m bench.video FILE CODE`: a process of its own, so that its OpenCV weighs on nobody's figures.
"""

from __future__ import annotations

import json
import sys

import cv2
import numpy as np
import segno

_WIDTH, _HEIGHT, _FRAMES = 1280, 720, 45
_DOT = 8


def main() -> None:
    """Write the video."""
    path, code = sys.argv[1:]
    modules = np.array([list(row) for row in segno.make(code, micro=False).matrix], dtype=np.uint8)
    symbol = np.kron(1 - np.pad(modules, 4), np.ones((_DOT, _DOT), np.uint8)) * 255
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 15.0, (_WIDTH, _HEIGHT))
    for number in range(_FRAMES):
        picture = np.full((_HEIGHT, _WIDTH), 120, np.uint8)
        top, left = 200, 200 + 4 * number
        picture[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    print(json.dumps({"frames": _FRAMES}))


if __name__ == "__main__":
    main()
