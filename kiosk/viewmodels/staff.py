"""The attendant's panel: who is there, what may be done, and how the lane's prices and its connection stand."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.services.formats import clock_text, date_time_text, money_text
from kiosk.services.lane_view import CaseView, LaneView, OfflineView, PriceListStatus
from kiosk.services.paper import PrinterSays, PrinterView
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror
from kiosk.viewmodels.rows import Row, RowModel
from retail.payment_policy import Rung

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_MINUTE_S: Final = 60
_HOUR_S: Final = 60 * _MINUTE_S
_DAY_S: Final = 24 * _HOUR_S
_YEAR_S: Final = 365 * _DAY_S
_ORDER_GROUP: Final = 8
_SCALE_FAULTS: Final = frozenset({"busy", "missing", "refused", "lost", "timeout"})


@QmlElement
class StaffViewModel(Mirror):
    """Mirrors LaneView.staff and LaneView.price_list, the latter only while somebody looks."""

    openChanged = Signal()
    whoChanged = Signal()
    actsChanged = Signal()
    leftChanged = Signal()
    troubledChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent, open=False, who="", acts=[], left=0, troubled=False)
        self._texts = texts
        self._facts = RowModel(("fact", "name", "value", "bad"), "fact", self)
        self._cases = RowModel(("key", "title", "sum", "order", "facts", "trouble", "stands"), "key", self)

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        staff, language, text = view.staff, view.language, self._texts.text
        acts = staff.acts if staff else ()
        self.put(
            who=text(language, "staff.who", who=staff.who) if staff else "",
            acts=[{"act": act, "text": text(language, f"staff_act.{act}")} for act in acts],
            left=staff.closes_in_s if staff else 0,
        )
        if staff:
            rows = [*_Facts(view, self._texts).rows()]
            self._facts.show(rows)
            self._cases.show([_case_row(case, view, self._texts) for case in view.cases])
            self.put(troubled=any(row["bad"] for row in rows))
        self.put(open=staff is not None)

    @Property(RowModel, constant=True)
    def facts(self) -> RowModel:
        """How it stands, a fact a row; `bad` where somebody has to do something."""
        return self._facts

    @Property(RowModel, constant=True)
    def cases(self) -> RowModel:
        """Payments in doubt, and those set aside that were settled; `stands` is doubt, paid or unpaid."""
        return self._cases

    @Property(bool, notify=openChanged)
    def open(self) -> bool:
        return bool(self.value("open"))

    @Property(str, notify=whoChanged)
    def who(self) -> str:
        return str(self.value("who"))

    @Property(bool, notify=troubledChanged)
    def troubled(self) -> bool:
        """Whether any fact is bad."""
        return bool(self.value("troubled"))

    @Property("QVariantList", notify=actsChanged)  # type: ignore[arg-type] # the stubs know no type names
    def acts(self) -> list[dict[str, str]]:
        """`{act, text}` of each act that is open."""
        return list(self.value("acts"))

    @Property(int, notify=leftChanged)
    def left(self) -> int:
        """Seconds until the panel closes by itself."""
        return int(self.value("left"))


def _case_row(case: CaseView, view: LaneView, texts: Texts) -> Row:
    """A payment in words: whose, how much, its order number as banks are asked for it, how it stands."""
    language = view.language
    state = {"": "doubt", "approved": "paid"}.get(case.outcome, "unpaid")
    title = "title" if not case.aside else "title_aside" if state == "doubt" else f"title_{state}"
    facts = [
        texts.text(language, "staff_case.asked", n=case.asked, time=clock_text(case.since, view.time_zone, language)),
        texts.text(language, "staff_case.gateway", gateway=case.gateway),
    ]
    return {
        "key": case.key,
        "title": texts.text(language, f"staff_case.{title}"),
        "sum": f"{_wallet(case, language, texts)} {money_text(case.amount_minor, case.currency, language)}",
        "order": texts.text(language, "staff_case.order", order=_order(case.key)),
        "facts": " · ".join(facts) if state == "doubt" else "",
        "trouble": texts.text(language, f"staff_case.trouble_{case.trouble or 'none'}") if state == "doubt" else "",
        "stands": state,
    }


def _order(key: str) -> str:
    """In groups that are read out, broken in the middle where one line does not hold it."""
    groups = wrap(key, _ORDER_GROUP)
    return " ".join("\u00a0".join(groups[place : place + 2]) for place in range(0, len(groups), 2))


def _wallet(case: CaseView, language: str, texts: Texts) -> str:
    known = case.brand in {"wechat", "alipay"}
    return texts.text(language, f"way.{case.brand if known else case.way}")


class _Facts:
    """The facts of one snapshot in words."""

    def __init__(self, view: LaneView, texts: Texts) -> None:
        self._view = view
        self._texts = texts

    def rows(self) -> Iterator[Row]:
        """Prices, hub, what waits, what was refused and why, the clock; troubles only while there are any."""
        prices = self._view.price_list
        yield self._row("prices", self._prices(prices), bad=prices.old or not prices.revision)
        yield self._row("hub", self._hub(prices), bad=prices.silent or not prices.online)
        waiting = self._text("queued_events", n=f"{prices.queued:,}") if prices.queued else self._text("queued_none")
        yield self._row("queued", waiting)
        if prices.refused:
            yield self._row(
                "refused", self._text("refused_events", n=f"{prices.refused:,}", why=prices.refused_why), bad=True
            )
        if prices.refused_list:
            yield self._row("refused_list", prices.refused_list, bad=True)
        # What the agent says of a refused list stands there already.
        trouble = prices.trouble.replace(prices.refused_list, "").strip("; ") if prices.refused_list else prices.trouble
        if trouble:
            yield self._row("trouble", trouble, bad=True)
        yield from self._payments(self._view.offline)
        yield from self._refunds()
        yield self._row("clock", self._clock(prices), bad=bool(prices.clock_wrong_s))
        if self._view.has_scale:
            yield self._row("scale", self._scale(self._view.scale_fault), bad=bool(self._view.scale_fault))
        printer = self._view.printer
        if printer.says is not PrinterSays.NONE:
            yield self._row("printer", self._printer(printer), bad=printer.says.needs_staff or bool(printer.kept))

    def _prices(self, prices: PriceListStatus) -> str:
        if not prices.revision:
            return self._texts.text(self._view.language, "stale.never")
        as_of, age = self._time(prices.as_of or prices.published_at), self._span(prices.age_s)
        return self._text("prices_old" if prices.old else "prices_of", revision=prices.revision, time=as_of, age=age)

    def _hub(self, prices: PriceListStatus) -> str:
        if prices.silent:
            return self._text("agent_silent")
        return self._text("hub_there" if prices.online else "hub_away")

    def _payments(self, offline: OfflineView) -> Iterator[Row]:
        """How one can pay while not every way works, what waits for the bank, and what it refused."""
        language, currency = self._view.language, self._view.currency
        said = [] if offline.rung is Rung.FULL else [self._texts.text(language, f"rung.{offline.rung}")]
        if offline.stored:
            amount, age = money_text(offline.stored_minor, currency, language), self._span(offline.oldest_s)
            said.append(self._text("payments_stored", n=offline.stored, amount=amount, age=age))
        if said:
            yield self._row("payments", " · ".join(said), bad=offline.rung is not Rung.FULL)
        if offline.debts:
            owed = money_text(offline.debts_minor, currency, language)
            yield self._row("debts", self._text("debts_owed", n=offline.debts, amount=owed), bad=True)

    def _refunds(self) -> Iterator[Row]:
        """Refunds that the bank has not answered for."""
        refunds, language = self._view.open_refunds, self._view.language
        if refunds:
            amount = money_text(sum(one.amount_minor for one in refunds), refunds[0].currency, language)
            value = self._texts.text(language, "refund.open_some", n=len(refunds), amount=amount)
            numbers = ", ".join(one.number for one in refunds)
            name = self._texts.text(language, "refund.open")
            yield {"fact": "refunds", "name": name, "value": f"{value} {numbers}", "bad": True}

    def _clock(self, prices: PriceListStatus) -> str:
        wrong_s = prices.clock_wrong_s
        if not wrong_s:
            return self._text("clock_right")
        how = "clock_behind" if wrong_s > 0 else "clock_ahead"
        return self._text(how, span=self._span(abs(wrong_s)), time=self._time(prices.now))

    def _scale(self, fault: str) -> str:
        kind = fault.removeprefix("hardware.")
        return self._text(f"scale_{kind if kind in _SCALE_FAULTS else 'other'}" if fault else "scale_ok")

    def _printer(self, printer: PrinterView) -> str:
        parts = [self._text(f"printer_{printer.says}")]
        if printer.waiting:
            parts.append(self._text("printer_waiting", n=printer.waiting))
        if printer.kept:
            parts.append(self._text("printer_kept", n=printer.kept))
        return " ".join(parts)

    def _row(self, fact: str, value: str, *, bad: bool = False) -> Row:
        return {"fact": fact, "name": self._text(fact), "value": value, "bad": bad}

    def _text(self, key: str, **params: object) -> str:
        return self._texts.text(self._view.language, f"staff_sync.{key}", **params)

    def _time(self, moment: str) -> str:
        return date_time_text(moment, self._view.time_zone, self._view.language)

    def _span(self, seconds: int) -> str:
        """A length of time in its two largest units."""
        if seconds >= _YEAR_S:
            return self._texts.text(self._view.language, "span.years", years=seconds // _YEAR_S)
        days, rest = divmod(seconds, _DAY_S)
        hours, minutes = rest // _HOUR_S, rest % _HOUR_S // _MINUTE_S
        unit = "days" if days else "hours" if hours else "minutes"
        return self._texts.text(self._view.language, f"span.{unit}", days=days, hours=hours, minutes=minutes)
