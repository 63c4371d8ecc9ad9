"""The parts of a lane's screens, each with a view-model of its own below the lane's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Property, QObject
from PySide6.QtQml import QmlElement

from kiosk.services.lane_view import LaneActions, LaneView
from kiosk.services.texts import Texts
from kiosk.viewmodels.basket import BasketViewModel
from kiosk.viewmodels.camera import CameraViewModel
from kiosk.viewmodels.done import DoneViewModel
from kiosk.viewmodels.handed import HandedViewModel
from kiosk.viewmodels.joining import JoinViewModel
from kiosk.viewmodels.loose import LooseViewModel
from kiosk.viewmodels.member import MemberViewModel
from kiosk.viewmodels.parking import ParkingViewModel
from kiosk.viewmodels.paying import PayViewModel
from kiosk.viewmodels.phone import PhoneViewModel
from kiosk.viewmodels.refund import RefundViewModel
from kiosk.viewmodels.rewards import RewardsViewModel
from kiosk.viewmodels.staff import StaffViewModel
from kiosk.viewmodels.touches import Touches
from kiosk.viewmodels.weigh import WeighViewModel

if TYPE_CHECKING:
    from hardware.camera_picture import CameraPicture  # pulls in OpenCV

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class Parts(Touches):
    """Makes the parts, hands each snapshot to them, and offers them to QML."""

    def __init__(self, actions: LaneActions, texts: Texts, parent: QObject | None = None, **values: Any) -> None:
        super().__init__(actions, parent, **values)
        self._texts = texts
        self._basket = BasketViewModel(texts, self)
        self._camera = CameraViewModel(self)
        self._pay = PayViewModel(texts, self)
        self._done = DoneViewModel(texts, self)
        self._handed = HandedViewModel(texts, self)
        self._join = JoinViewModel(actions, texts, self)
        self._loose = LooseViewModel(texts, self)
        self._member = MemberViewModel(actions, texts, self)
        self._parking = ParkingViewModel(actions, texts, self)
        self._phone = PhoneViewModel(actions, texts, self)
        self._refund = RefundViewModel(actions, texts, self)
        self._rewards = RewardsViewModel(texts, self)
        self._staff = StaffViewModel(texts, self)
        self._weigh = WeighViewModel(actions, texts, self)

    def show_parts(self, view: LaneView) -> None:
        """Each takes a snapshot over."""
        for part in (
            self._basket,
            self._pay,
            self._done,
            self._handed,
            self._join,
            self._loose,
            self._member,
            self._parking,
            self._phone,
            self._refund,
            self._rewards,
            self._staff,
            self._weigh,
        ):
            part.show(view)

    def expect_camera(self, *, mirrored: bool) -> None:
        """This lane has a camera; before the screens are loaded."""
        self._camera.expect(mirrored=mirrored)

    def take_picture(self, picture: CameraPicture) -> None:
        """What the camera sees; on any thread."""
        self._camera.take(picture)

    @Property(BasketViewModel, constant=True)
    def basket(self) -> BasketViewModel:
        return self._basket

    @Property(CameraViewModel, constant=True)
    def camera(self) -> CameraViewModel:
        return self._camera

    @Property(PayViewModel, constant=True)
    def pay(self) -> PayViewModel:
        return self._pay

    @Property(DoneViewModel, constant=True)
    def done(self) -> DoneViewModel:
        return self._done

    @Property(HandedViewModel, constant=True)
    def handed(self) -> HandedViewModel:
        return self._handed

    @Property(JoinViewModel, constant=True)
    def join(self) -> JoinViewModel:
        return self._join

    @Property(LooseViewModel, constant=True)
    def loose(self) -> LooseViewModel:
        return self._loose

    @Property(MemberViewModel, constant=True)
    def member(self) -> MemberViewModel:
        return self._member

    @Property(ParkingViewModel, constant=True)
    def parking(self) -> ParkingViewModel:
        return self._parking

    @Property(PhoneViewModel, constant=True)
    def phone(self) -> PhoneViewModel:
        return self._phone

    @Property(RefundViewModel, constant=True)
    def refund(self) -> RefundViewModel:
        return self._refund

    @Property(RewardsViewModel, constant=True)
    def rewards(self) -> RewardsViewModel:
        return self._rewards

    @Property(StaffViewModel, constant=True)
    def staff(self) -> StaffViewModel:
        return self._staff

    @Property(WeighViewModel, constant=True)
    def weigh(self) -> WeighViewModel:
        return self._weigh
