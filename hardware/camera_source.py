"""What the configured source of a camera means: a device, a video file or a folder of still pictures."""

from pathlib import Path
from typing import Final

VIDEO_SUFFIXES: Final = frozenset(
    {".mp4", ".avi", ".mkv", ".mov", ".webm", ".ogv", ".m4v", ".mpg", ".mpeg", ".ts", ".wmv", ".3gp", ".mjpeg", ".mjpg"}
)


def camera_source(text: str, folder: Path) -> str | Path:
    """A path for files, which are beside `folder`; else what CameraPlace finds: a number, a device or a name.

    Told by the text where it can be, as the thing itself may not be there yet.
    """
    path = folder / text
    if text.isdecimal() or path.is_relative_to("/dev"):
        return text
    return path if "/" in text or path.suffix.lower() in VIDEO_SUFFIXES or path.exists() else text


def is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_SUFFIXES or path.is_file()
