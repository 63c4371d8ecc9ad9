pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The basket: lines, the ways to add what has no barcode, the total and the one main act.
Rectangle {
    id: screen

    required property LaneViewModel lane
    property real noticeInset: 0
    readonly property bool portrait: height > width

    color: Theme.surface

    Header {
        id: head

        lane: screen.lane
        width: parent.width
    }

    // In portrait a band above the list; in landscape it has its place above the sums.
    Item {
        id: aim

        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.top: head.bottom
        anchors.topMargin: screen.noticeInset + (visible ? Theme.px(20) : 0)
        height: visible ? Theme.px(216) : 0
        visible: screen.portrait && screen.lane.camera.there

        CameraView {
            id: aimView

            camera: screen.lane.camera
            height: parent.height
            surround: screen.color
        }

        Icon {
            id: aimSign

            anchors.left: aimView.right
            anchors.leftMargin: Theme.px(32)
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.ink2
            name: "scan"
            size: Theme.px(52)
            visible: !screen.lane.camera.away
        }

        Label {
            anchors.left: aimSign.right
            anchors.leftMargin: Theme.px(20)
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.ink2
            font.pixelSize: Theme.line
            text: qsTrId("camera.aim")
            visible: !screen.lane.camera.away
            wrapMode: Text.Wrap
        }
    }

    BasketList {
        id: list

        anchors.bottom: hint.top
        anchors.bottomMargin: Theme.px(14)
        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.right: screen.portrait ? parent.right : side.left
        anchors.rightMargin: screen.portrait ? Theme.margin : Theme.gutter
        anchors.top: aim.visible ? aim.bottom : head.bottom
        anchors.topMargin: aim.visible ? 0 : screen.noticeInset
        lane: screen.lane
        shown: screen.visible
    }

    // The best hint, where there is no room for it above the sums: below the list, which gives way to it.
    Column {
        id: hint

        anchors.bottom: actions.top
        anchors.bottomMargin: height > 0 ? Theme.px(14) : 0
        anchors.left: list.left
        anchors.right: list.right
        height: visible ? implicitHeight : 0
        visible: !side.roomy

        Repeater {
            model: screen.lane.basket.hints

            HintCard {
                required property int index

                visible: index === 0
                width: hint.width
            }
        }
    }

    Row {
        id: actions

        readonly property int slots: 3
        readonly property real each: (width - (slots - 1) * spacing) / slots

        anchors.bottom: screen.portrait ? side.top : parent.bottom
        anchors.bottomMargin: screen.portrait ? Theme.px(24) : Theme.margin
        anchors.left: list.left
        anchors.right: list.right
        spacing: Theme.gutter

        PushButton {
            height: Theme.px(108)
            icon: "apple"
            objectName: "looseButton"
            text: qsTrId("basket.no_barcode")
            width: actions.each

            onTapped: screen.lane.openSheet("loose")
        }

        PushButton {
            height: Theme.px(108)
            icon: "keypad"
            objectName: "keypadButton"
            text: qsTrId("basket.type_code")
            width: actions.each

            onTapped: screen.lane.openSheet("keypad")
        }

        PushButton {
            height: Theme.px(108)
            icon: "bag"
            objectName: "bagButton"
            text: qsTrId("basket.bags")
            width: actions.each

            onTapped: screen.lane.openSheet("bags")
        }
    }

    BasketSums {
        id: side

        anchors.bottom: parent.bottom
        anchors.right: parent.right
        empty: list.count === 0
        height: screen.portrait ? implicitHeight : parent.height - head.height
        lane: screen.lane
        noticeInset: screen.noticeInset
        portrait: screen.portrait
        width: screen.portrait ? parent.width : Theme.px(560)
    }

    // Help and languages stay within reach while a sheet is open.
    Item {
        id: sheetArea

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: head.bottom
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.sheet === "loose"

        sourceComponent: LooseGoods {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.sheet === "keypad"

        sourceComponent: KeypadSheet {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.sheet === "bags"

        sourceComponent: BagSheet {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.sheet === "cancel"

        sourceComponent: CancelSheet {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.sheet === "quantity"

        sourceComponent: QuantitySheet {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.weigh.open

        sourceComponent: WeighSheet {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.phone.step !== ""

        sourceComponent: PhoneSheet {
            phone: screen.lane.phone
        }
    }

    Loader {
        active: screen.lane.idleWarning > 0
        anchors.fill: parent

        sourceComponent: IdleWarning {
            lane: screen.lane
        }
    }
}
