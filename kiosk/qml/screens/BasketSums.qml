pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Total, what was saved, what stands in the way of paying, and the one main act.
Rectangle {
    id: side

    required property LaneViewModel lane
    required property bool portrait
    property bool empty: false
    property real noticeInset: 0

    readonly property string points: lane.basket.pointsText === "" ? "" : "  ·  " + lane.basket.pointsText
    readonly property bool roomy: !portrait && !lane.camera.there // the hints have their place above the sums

    color: Theme.card
    implicitHeight: sums.implicitHeight + Theme.px(72)

    Rectangle {
        color: Theme.hairline
        height: side.portrait ? Theme.px(2) : parent.height
        width: side.portrait ? parent.width : Theme.px(2)
    }

    CameraView {
        readonly property real room: sums.y - Theme.px(24) - Theme.px(20)

        anchors.horizontalCenter: parent.horizontalCenter
        camera: side.lane.camera
        height: Math.min(room, (parent.width - 2 * Theme.margin) / camera.aspect)
        surround: side.color
        visible: camera.there && !side.portrait && room > Theme.px(120)
        y: Theme.px(24)
    }

    Column {
        id: hints

        readonly property real room: sums.y - side.noticeInset - Theme.px(52)

        anchors.bottom: sums.top
        anchors.bottomMargin: Theme.px(28)
        anchors.left: sums.left
        anchors.right: sums.right
        spacing: Theme.px(16)
        visible: side.roomy

        Repeater {
            id: hintCards

            model: side.lane.basket.hints

            HintCard {
                required property int index

                visible: height + (index > 0 ? hintCards.itemAt(0).height + hints.spacing : 0) <= hints.room
                width: hints.width
            }
        }
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
            height: side.portrait ? Theme.px(112) : Theme.px(210)
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
                text: side.lane.basket.piecesText + side.points
                visible: side.portrait
            }

            Money {
                figuresName: "totalText"
                room: parent.width - (side.portrait ? Math.max(totalWord.width, pieces.width) + Theme.gutter : 0)
                sign: side.lane.basket.sign
                text: side.lane.basket.totalText
                x: side.portrait ? parent.width - width : 0
                y: side.portrait ? -Theme.px(8) : Theme.px(46)
            }

            Label {
                anchors.bottom: parent.bottom
                color: Theme.ink2
                font.pixelSize: Theme.px(28)
                text: side.lane.basket.piecesText + side.points
                visible: !side.portrait
            }
        }

        Rectangle {
            color: Theme.savingSoft
            height: Theme.px(68)
            radius: Theme.px(14)
            visible: side.lane.basket.savedText !== ""
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
                    text: side.lane.basket.savedText
                }
            }
        }

        MemberCard {
            lane: side.lane
            visible: side.lane.member.cardLead !== ""
            width: parent.width
        }

        // Why it cannot be paid yet, or what paying will ask for.
        Rectangle {
            id: block

            readonly property color inkColor: side.lane.basket.canPay ? Theme.wait : Theme.warn

            color: side.lane.basket.canPay ? Theme.waitSoft : Theme.warnSoft
            height: blockWord.implicitHeight + Theme.px(28)
            radius: Theme.px(14)
            visible: blockWord.text !== "" && !side.empty
            width: parent.width

            Icon {
                id: blockSign

                anchors.left: parent.left
                anchors.leftMargin: Theme.px(20)
                anchors.verticalCenter: parent.verticalCenter
                color: block.inkColor
                name: side.lane.basket.canPay ? "badge" : "alert"
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
                text: side.lane.basket.blockText
                wrapMode: Text.Wrap
            }
        }

        PushButton {
            enabled: side.lane.basket.canPay
            main: true
            objectName: "payButton"
            text: side.lane.basket.canPay ? qsTrId("basket.pay") + "  " + side.lane.basket.sign + side.lane.basket.totalText : qsTrId("basket.pay")
            width: parent.width

            onTapped: side.lane.toPay()
        }

        PushButton {
            height: Theme.px(84)
            objectName: "cancelButton"
            quiet: true
            text: qsTrId("basket.cancel")
            textSize: Theme.px(28)
            width: parent.width

            onTapped: side.lane.openSheet("cancel")
        }
    }
}
