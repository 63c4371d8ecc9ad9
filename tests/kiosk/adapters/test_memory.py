"""Memory settings: harmless to call, and harmless where there is no glibc."""

import ctypes

import pytest

from kiosk.adapters.memory import keep_memory_small


def test_it_can_be_called_any_number_of_times() -> None:
    keep_memory_small()
    keep_memory_small()


def test_every_setting_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    libc = ctypes.CDLL("libc.so.6")
    answers: list[tuple[int, int]] = []

    class Watched:
        def mallopt(self, option: int, value: int) -> int:
            answers.append((option, libc.mallopt(option, value)))
            return answers[-1][1]

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Watched())
    keep_memory_small()
    assert [taken for _, taken in answers] == [1, 1, 1]
    assert {option for option, _ in answers} == {-8, -1, -3}


@pytest.mark.parametrize("without", ["library", "function"])
def test_without_glibc_nothing_happens(monkeypatch: pytest.MonkeyPatch, without: str) -> None:
    def open_library(name: str) -> object:
        if without == "library":
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    monkeypatch.setattr(ctypes, "CDLL", open_library)
    keep_memory_small()
