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
        }

        Label {
            anchors.left: aimSign.right
            anchors.leftMargin: Theme.px(20)
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.ink2
            font.pixelSize: Theme.line
            text: qsTrId("camera.aim")
            wrapMode: Text.Wrap
        }
    }

    ListView {
        id: list

        property bool following: false // the changed line is kept in sight until a hand moves the list

        anchors.bottom: actions.top
        anchors.bottomMargin: Theme.px(14)
        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.right: screen.portrait ? parent.right : side.left
        anchors.rightMargin: screen.portrait ? Theme.margin : Theme.gutter
        anchors.top: aim.visible ? aim.bottom : head.bottom
        anchors.topMargin: aim.visible ? 0 : screen.noticeInset
        boundsBehavior: Flickable.StopAtBounds
        cacheBuffer: Theme.px(600)
        clip: true
        model: screen.lane.basket.lines
        reuseItems: true
        topMargin: Theme.px(14)

        add: Transition {
            NumberAnimation {
                duration: Theme.motion
                easing.type: Easing.OutQuad
                from: Theme.px(120)
                property: "x"
                to: 0
            }
        }
        delegate: LineRow {
            fresh: number === screen.lane.basket.changedLine && screen.lane.basket.lines !== null
            lane: screen.lane
            width: ListView.view.width
        }
        displaced: Transition {
            NumberAnimation {
                duration: Theme.motion
                properties: "x,y"
            }
        }

        onContentHeightChanged: if (following)
            positionTimer.restart()
        onHeightChanged: if (following)
            positionTimer.restart()
        onMovementStarted: {
            following = false;
            screen.lane.touched();
        }

        Connections {
            function onChangeSerialChanged() {
                list.following = true;
                positionTimer.restart();
            }

            target: screen.lane.basket
        }

        Timer {
            id: positionTimer

            interval: 1

            onTriggered: {
                const row = screen.lane.basket.changedRow;
                if (row === list.count - 1)
                    list.positionViewAtEnd();
                else if (row >= 0)
                    list.positionViewAtIndex(row, ListView.Contain);
            }
        }

        Column {
            anchors.centerIn: parent
            spacing: Theme.px(28)
            visible: list.count === 0
            width: parent.width * 0.8

            ScanPicture {
                anchors.horizontalCenter: parent.horizontalCenter
                height: width * 0.78
                running: screen.visible && list.count === 0
                width: Theme.px(420)
            }

            Label {
                font.pixelSize: Theme.px(46)
                font.weight: Font.DemiBold
                horizontalAlignment: Text.AlignHCenter
                text: qsTrId("basket.empty_title")
                width: parent.width
                wrapMode: Text.Wrap
            }

            Label {
                color: Theme.ink2
                horizontalAlignment: Text.AlignHCenter
                text: qsTrId("basket.empty_text")
                width: parent.width
                wrapMode: Text.Wrap
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

    Rectangle {
        id: side

        anchors.bottom: parent.bottom
        anchors.right: parent.right
        color: Theme.card
        height: screen.portrait ? sums.implicitHeight + Theme.px(72) : parent.height - head.height
        width: screen.portrait ? parent.width : Theme.px(560)

        Rectangle {
            color: Theme.hairline
            height: screen.portrait ? Theme.px(2) : parent.height
            width: screen.portrait ? parent.width : Theme.px(2)
        }

        CameraView {
            readonly property real room: sums.y - Theme.px(24) - Theme.px(20)

            anchors.horizontalCenter: parent.horizontalCenter
            camera: screen.lane.camera
            height: Math.min(room, (parent.width - 2 * Theme.margin) / camera.aspect)
            surround: side.color
            visible: camera.there && !screen.portrait && room > Theme.px(120)
            y: Theme.px(24)
        }

        Column {
            id: sums

            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.margin
            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            spacing: Theme.px(20)

            Item {
                height: screen.portrait ? Theme.px(112) : Theme.px(210)
                width: parent.width

                Label {
                    id: totalWord

                    color: Theme.ink2
                    font.pixelSize: Theme.px(34)
                    text: qsTrId("basket.total")
                }

                Label {
                    id: pieces

                    anchors.top: totalWord.bottom
                    color: Theme.ink2
                    font.pixelSize: Theme.px(28)
                    objectName: "piecesText"
                    text: screen.lane.basket.piecesText
                    visible: screen.portrait
                }

                Money {
                    figuresName: "totalText"
                    room: parent.width - (screen.portrait ? Math.max(totalWord.width, pieces.width) + Theme.gutter : 0)
                    sign: screen.lane.basket.sign
                    text: screen.lane.basket.totalText
                    x: screen.portrait ? parent.width - width : 0
                    y: screen.portrait ? -Theme.px(8) : Theme.px(46)
                }

                Label {
                    anchors.bottom: parent.bottom
                    color: Theme.ink2
                    font.pixelSize: Theme.px(28)
                    text: screen.lane.basket.piecesText
                    visible: !screen.portrait
                }
            }

            Rectangle {
                color: Theme.savingSoft
                height: Theme.px(68)
                radius: Theme.px(14)
                visible: screen.lane.basket.savedText !== ""
                width: parent.width

                Row {
                    anchors.left: parent.left
                    anchors.leftMargin: Theme.px(20)
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: Theme.px(12)

                    Icon {
                        anchors.verticalCenter: parent.verticalCenter
                        color: Theme.saving
                        name: "tag"
                        size: Theme.px(36)
                    }

                    Label {
                        color: Theme.saving
                        font.pixelSize: Theme.px(30)
                        font.weight: Font.DemiBold
                        objectName: "savedText"
                        text: screen.lane.basket.savedText
                    }
                }
            }

            // Why it cannot be paid yet, or what paying will ask for.
            Rectangle {
                id: block

                readonly property color inkColor: screen.lane.basket.canPay ? Theme.wait : Theme.warn

                color: screen.lane.basket.canPay ? Theme.waitSoft : Theme.warnSoft
                height: blockWord.implicitHeight + Theme.px(28)
                radius: Theme.px(14)
                visible: blockWord.text !== "" && list.count > 0
                width: parent.width

                Icon {
                    id: blockSign

                    anchors.left: parent.left
                    anchors.leftMargin: Theme.px(20)
                    anchors.verticalCenter: parent.verticalCenter
                    color: block.inkColor
                    name: screen.lane.basket.canPay ? "badge" : "alert"
                    size: Theme.px(40)
                }

                Label {
                    id: blockWord

                    anchors.left: blockSign.right
                    anchors.leftMargin: Theme.px(16)
                    anchors.right: parent.right
                    anchors.rightMargin: Theme.px(20)
                    anchors.verticalCenter: parent.verticalCenter
                    color: block.inkColor
                    font.pixelSize: Theme.px(28)
                    font.weight: Font.Medium
                    objectName: "blockText"
                    text: screen.lane.basket.blockText
                    wrapMode: Text.Wrap
                }
            }

            PushButton {
                enabled: screen.lane.basket.canPay
                main: true
                objectName: "payButton"
                text: screen.lane.basket.canPay ? qsTrId("basket.pay") + "  " + screen.lane.basket.sign + screen.lane.basket.totalText : qsTrId("basket.pay")
                width: parent.width

                onTapped: screen.lane.toPay()
            }

            PushButton {
                height: Theme.px(84)
                objectName: "cancelButton"
                quiet: true
                text: qsTrId("basket.cancel")
                textSize: Theme.px(28)
                width: parent.width

                onTapped: screen.lane.openSheet("cancel")
            }
        }
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
        active: screen.lane.idleWarning > 0
        anchors.fill: parent

        sourceComponent: IdleWarning {
            lane: screen.lane
        }
    }
}
