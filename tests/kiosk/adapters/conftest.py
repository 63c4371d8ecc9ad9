"""What several files of tests of the adapters stand on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.fakes.printer import FakePrinter
from tests.kiosk.adapters.print_bench import Bench


@pytest.fixture
def benches(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(folder: Path = tmp_path, *, start: bool = True, printer: FakePrinter | None = None) -> Bench:
        made.append(Bench(folder, printer or FakePrinter()))
        if start:
            made[-1].queue.start()
        return made[-1]

    yield make
    for bench in made:
        bench.printer.ready.set()
        bench.queue.close()


@pytest.fixture
def bench(benches: Callable[..., Bench]) -> Bench:
    return benches()
