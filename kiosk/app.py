"""The composition root: the one place that builds the lane's concrete objects and joins them."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from hardware.scan import Scan
from kiosk.adapters.actions import TillActions
from kiosk.adapters.bounded_gateway import BoundedGateway, close_all
from kiosk.adapters.hub_members import FOLDER as TOLD
from kiosk.adapters.hub_members import HubMembers
from kiosk.adapters.lane_files import AgentStatus, NewestPriceList, RecoveringJournal
from kiosk.adapters.memory import keep_memory_small
from kiosk.adapters.outputs import Outputs
from kiosk.adapters.pictures import QrCodes
from kiosk.adapters.receipts import LaneReceipts
from kiosk.adapters.refunds import build_refunds
from kiosk.adapters.scale import scale_desk
from kiosk.adapters.scanners import ScannerBench, build_scanners, keyboard_section
from kiosk.adapters.stays_open import StaysOpen
from kiosk.adapters.translator import CatalogueTranslator
from kiosk.adapters.wedge_filter import keyboard_filter
from kiosk.adapters.worker import GatewayLines, Worker
from kiosk.config import KioskConfig, WaySection
from kiosk.services.lane_view import LaneView
from kiosk.services.payment_desk import Patience
from kiosk.services.programme_source import ProgrammeSource
from kiosk.services.staff import Badge, StaffDesk
from kiosk.services.texts import Texts
from kiosk.services.till import LaneRules, Till, TillPorts
from kiosk.viewmodels.lane import LaneViewModel
from offline_cache.journal_keeping import JournalKeeping
from offline_cache.price_list.errors import PriceListMissing
from offline_cache.price_list.reader import PriceList
from payments.gateway import Gateway
from payments.loader import GatewayContext, load_gateway
from retail.router import warm_up

logger = logging.getLogger(__name__)

QML = Path(__file__).parent / "qml"
_TICK_MS = 1000


def utc_now() -> datetime:
    """The lane's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Way:
    """A configured way to pay with its gateway."""

    id: str
    gateway_name: str
    gateway: Gateway
    usual_s: int


class ViewBridge(QObject):
    """Carries snapshots from the till's thread to the Qt thread."""

    published = Signal(object)

    def __init__(self, show: Callable[[LaneView], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show = show
        self.published.connect(self._receive)

    @Slot(object)
    def _receive(self, view: LaneView) -> None:
        self._show(view)


class LaneApp:
    """A whole lane, built and not yet running. `start` opens the files, `open_window` shows, `close` ends."""

    def __init__(self, config: KioskConfig, *, clock: Callable[[], datetime] = utc_now) -> None:
        keep_memory_small()
        self.config = config
        self.folder = config.data.dir
        self.texts = Texts.load()
        self.till_worker = Worker("till")
        self._gateways = GatewayLines(self._on_till)
        self._files_worker = Worker("files")
        self.prices = NewestPriceList(
            self.folder / "price-list.sqlite",
            pictures=self.folder / "pictures",
            templates=config.codes.templates,
            of=(config.lane.store, config.lane.channel),
            aside=self._files_worker.post,
            back=self._on_till,
        )
        keeping = JournalKeeping(self.folder, keep=timedelta(days=config.data.journal_keep_days), clock=clock)
        self.journal = RecoveringJournal(self.folder / "journal.sqlite", clock, keeping=keeping)
        self._ways = _ways(config)
        self.outputs = Outputs(
            config,
            clock,
            changed=lambda: self._on_till(lambda: None),
            fault=self._device_fault,
        )
        self._scale = scale_desk(config.scale, self.folder)
        self._refunds = build_refunds(
            config, journal=self.journal, texts=self.texts, queue=self.outputs.queue, till=self._on_till
        )
        self.members = self._build_members()
        self.till = self._build_till(clock)
        self.actions = TillActions(self.till_worker, self.till)
        self.model = LaneViewModel(self.actions, self.texts, languages=tuple(config.screen.languages))
        for section in (section for section in config.scanners if section.kind == "camera"):
            self.model.expect_camera(mirrored=section.mirrored)
        self.bridge = ViewBridge(self.model.show)
        self._scanners: ScannerBench | None = None
        self.scan_seen: Callable[[str, float], None] | None = None  # a probe may listen: the demo and the bench do

    def _build_till(self, clock: Callable[[], datetime]) -> Till:
        config = self.config
        rules = LaneRules(
            store=config.lane.store,
            lane=config.lane.name,
            languages=tuple(config.screen.languages),
            idle_after_s=config.visit.idle_after_s,
            idle_warning_s=config.visit.idle_warning_s,
            done_for_s=config.visit.done_for_s,
            list_old_after_s=int(config.prices.old_after_hours * 3600),
            list_too_old_after_s=int(config.prices.too_old_after_hours * 3600),
            scan=config.codes.rules,
            patience=Patience(config.patience.doubt_after_s, config.patience.cancel_after_s),
        )
        ports = TillPorts(
            journal=self.journal,
            prices=self.prices,
            runner=self._gateways,
            ways=self._ways,
            receipts=LaneReceipts(self.texts, queue=self.outputs.queue, url=config.receipt.url),
            clock=clock,
            agent=AgentStatus(self.folder, clock, lambda: self.journal.head()[0]),
            publish=self._publish,
            scale=self._scale,
            refunds=self._refunds.ports,
            members=self.members,
        )
        return Till(rules, ports, StaffDesk([Badge(badge.name, badge.badge_sha256) for badge in config.staff]))

    def _build_members(self) -> HubMembers | None:
        """The hub's book of members; none for a lane without a hub or its token."""
        hub = self.config.hub
        if hub is None or not hub.read_token():
            return None
        programme = ProgrammeSource(self.prices.current)

        def seal_key() -> bytes:
            found = programme.current()
            return found.seal_key if found is not None else b""

        return HubMembers(hub.url, hub.read_token, folder=self.folder / TOLD, seal_key=seal_key, till=self._on_till)

    def _on_till(self, work: Callable[[], None]) -> None:
        self.till_worker.post(lambda: self.till.guard(work))

    def _device_fault(self, device: str, fault: str) -> None:
        self.actions.device_fault(device, fault)

    def _publish(self, view: LaneView) -> None:
        self.bridge.published.emit(view)
        self.outputs.show(view)

    def _scanned(self, scan: Scan) -> None:
        if self.scan_seen is not None:
            self.scan_seen(scan.text, scan.at)
        self.actions.scan(scan.text, symbology=scan.symbology, gs1=scan.gs1)

    def check_files(self) -> None:
        """Open journal and price list once, before any window: what a person must mend is said at the start.

        Raises JournalError, or PriceListError for a list that is there but cannot be used.
        """
        check = RecoveringJournal(self.folder / "journal.sqlite", utc_now)
        try:
            check.head()
        finally:
            check.close()
        try:
            PriceList(self.folder / "price-list.sqlite").close()
        except PriceListMissing as exc:
            logger.warning("%s; the lane waits for it", exc)  # the agent may be fetching it right now

    def open_window(self, application: QGuiApplication) -> QQuickWindow:
        """Load the screens, take the keyboard, start the till."""
        self._translator = CatalogueTranslator(self.texts, parent=application)
        application.installTranslator(self._translator)
        self.engine = QQmlApplicationEngine()
        self.model.setParent(self.engine)  # else bindings read null at exit
        self.model.languageChanged.connect(self._retranslate)
        self.engine.addImageProvider("qr", QrCodes())
        screen = self.config.screen
        self._translator.shown = screen.languages[0]
        self.engine.setInitialProperties(
            {
                "lane": self.model,
                "brandColor": screen.brand_color,
                "calm": screen.calm,
                "fullscreen": screen.fullscreen,
                "initialWidth": screen.width,
                "initialHeight": screen.height,
            }
        )
        self.engine.load(QUrl.fromLocalFile(str(QML / "Main.qml")))
        if not self.engine.rootObjects():
            raise RuntimeError("kiosk/qml/Main.qml does not load")
        window = self.engine.rootObjects()[0]
        assert isinstance(window, QQuickWindow)  # noqa: S101 - for the type checker: Main.qml is a Window
        self.window = window
        self._take_keyboard(window)
        self.till_worker.post(self.till.start)
        self._ticker = QTimer(window)
        self._ticker.timeout.connect(self.actions.tick)
        self._ticker.start(_TICK_MS)
        return window

    def start_scanners(self) -> None:
        """Start the devices; after the first frame, as a camera takes half a second to import."""
        self._on_till(self.prices.lay_out_pictures)
        self.till_worker.post(warm_up)
        scanners = build_scanners(self.config.scanners, self.folder, on_picture=self.model.take_picture)
        self._scanners = ScannerBench(scanners, scanned=self._scanned, fault=self.actions.device_fault)
        self._scanners.start()
        if self._scale is not None:
            self._scale.start(changed=self.actions.weight_seen, fault=self.actions.device_fault)
        self.outputs.start()

    def close(self) -> None:
        """End devices first, then the till, so that nothing is scanned into a closed journal."""
        if self._scanners is not None:
            self._scanners.close()
        if self._scale is not None:
            self._scale.close()
        self.outputs.close()
        self._refunds.close()
        if self.members is not None:
            self.members.close()
        self._gateways.close(1.0)
        self._files_worker.close(1.0)
        self.till_worker.post(self.journal.close)
        self.till_worker.post(self.prices.close)
        self.till_worker.close()
        close_all((way.id, way.gateway) for way in self._ways)

    def _take_keyboard(self, window: QQuickWindow) -> None:
        self._wedge = keyboard_filter(
            keyboard_section(self.config.scanners), scanned=self._scanned, typed=self.model.typed, parent=window
        )
        window.installEventFilter(self._wedge)
        self._stays_open = StaysOpen(window)
        if self.config.screen.fullscreen:
            window.installEventFilter(self._stays_open)

    def end(self, application: QGuiApplication) -> None:
        """Somebody who may do so told the process to end."""
        self._stays_open.let_go()
        application.quit()

    @Slot()
    def _retranslate(self) -> None:
        self._translator.shown = self.model.value("language")
        self.engine.retranslate()


def _ways(config: KioskConfig) -> tuple[Way, ...]:
    token = config.hub.read_token() if config.hub else ""
    context = GatewayContext(
        store=config.lane.store,
        lane=config.lane.name,
        data_dir=config.data.dir,
        hub_url=config.hub.url if config.hub else "",
        hub_token=token,
    )
    limit_s = config.patience.give_up_after_s
    return tuple(
        Way(way.id, way.gateway, BoundedGateway(way.gateway, _opener(way, context), limit_s=limit_s), way.usual_s)
        for way in config.payment
    )


def _opener(way: WaySection, context: GatewayContext) -> Callable[[], Gateway]:
    return lambda: load_gateway(way.gateway, way.settings, context)


def run_lane(config: KioskConfig) -> int:
    """Run a lane until its window closes or the process is told to end."""
    application = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(application, QGuiApplication)  # noqa: S101 - for the type checker
    lane = LaneApp(config)
    lane.check_files()
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not at once: the handler runs inside whatever Qt is calling Python for, and closing the window there
        # crashed one time in twenty.
        signal.signal(number, lambda *_: QTimer.singleShot(0, lambda: lane.end(application)))
    try:
        return application.exec()
    finally:
        first.deleteLater()
        lane.close()


def process_age_s() -> float:
    """Seconds since this process was started, the interpreter's own start included (Linux)."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


class FirstFrame(QObject):
    """Waits for the first frame, says how long it took, then starts what can wait for it."""

    def __init__(self, window: QQuickWindow, then: Callable[[], None]) -> None:
        super().__init__()
        self._window = window
        self._then = then
        self.took_ms: float | None = None
        window.frameSwapped.connect(self._swapped)

    @Slot()
    def _swapped(self) -> None:
        if self.took_ms is None:
            self.took_ms = process_age_s() * 1000
            logger.info("first frame after %.0f ms", self.took_ms)
            QTimer.singleShot(0, self._then_once)

    @Slot()
    def _then_once(self) -> None:
        self._window.frameSwapped.disconnect(self._swapped)
        self._then()
