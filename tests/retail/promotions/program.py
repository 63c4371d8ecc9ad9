"""An integer program, put together variable by variable and given to HiGHS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import highspy
import numpy as np

Terms = Mapping[int, float]


@dataclass(slots=True)
class Program:
    """Minimises the sum of costs × variables, all of them whole numbers from 0 up."""

    _costs: list[float] = field(default_factory=list)
    _uppers: list[float] = field(default_factory=list)
    _rows: list[tuple[float, float, Terms]] = field(default_factory=list)

    def variable(self, upper: float, cost: float = 0) -> int:
        self._costs.append(cost)
        self._uppers.append(upper)
        return len(self._costs) - 1

    def at_most(self, upper: float, terms: Terms) -> None:
        self._rows.append((-highspy.kHighsInf, upper, dict(terms)))

    def at_least(self, lower: float, terms: Terms) -> None:
        self._rows.append((lower, highspy.kHighsInf, dict(terms)))

    def exactly(self, value: float, terms: Terms) -> None:
        self._rows.append((value, value, dict(terms)))

    def lowest(self) -> int:
        """The least cost, proved; a whole number."""
        if not self._costs:
            return 0
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        # By default it is content within 0.01 %, which is cents.
        for option, value in {"output_flag": False, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "threads": 1}.items():
            solver.setOptionValue(option, value)
        self._give(solver)
        solver.run()
        assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        cost = solver.getInfo().objective_function_value
        assert abs(cost - round(cost)) < 1e-3, cost
        return round(cost)

    def _give(self, solver: highspy.Highs) -> None:
        columns = np.arange(len(self._costs), dtype=np.int32)
        solver.addVars(len(columns), np.zeros(len(columns)), np.array(self._uppers, dtype=float))
        solver.changeColsCost(len(columns), columns, np.array(self._costs, dtype=float))
        whole = np.full(len(columns), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        solver.changeColsIntegrality(len(columns), columns, whole)
        starts = np.cumsum([0, *(len(terms) for *_, terms in self._rows)])[:-1].astype(np.int32)
        indices = np.array([index for *_, terms in self._rows for index in terms], dtype=np.int32)
        values = np.array([value for *_, terms in self._rows for value in terms.values()], dtype=float)
        lowers = np.array([row[0] for row in self._rows], dtype=float)
        uppers = np.array([row[1] for row in self._rows], dtype=float)
        solver.addRows(len(self._rows), lowers, uppers, len(values), starts, indices, values)
