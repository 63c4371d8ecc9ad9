import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Paid: a large good sign, the sum, the receipt in the form the shopper likes, and the goods are not forgotten.
Rectangle {
    id: screen

    required property LaneViewModel lane
    readonly property bool portrait: height > width

    color: Theme.surface

    Header {
        id: header

        lane: screen.lane
        width: parent.width
    }

    Item {
        id: result

        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.top: header.bottom
        height: screen.portrait ? Theme.px(800) : parent.height - header.height - Theme.px(40)
        width: screen.portrait ? parent.width - 2 * Theme.margin : Math.round((parent.width - 3 * Theme.margin) / 2)

        Column {
            anchors.centerIn: parent
            spacing: Theme.px(24)
            width: parent.width

            BigSign {
                accent: Theme.brandInk
                anchors.horizontalCenter: parent.horizontalCenter
                name: "check"
                soft: Theme.good
            }

            Label {
                font.pixelSize: Theme.px(64)
                font.weight: Font.Bold
                horizontalAlignment: Text.AlignHCenter
                objectName: "doneTitle"
                text: qsTrId("done.title")
                topPadding: Theme.px(16)
                width: parent.width
                wrapMode: Text.Wrap
            }

            Money {
                anchors.horizontalCenter: parent.horizontalCenter
                figuresName: "doneTotal"
                sign: screen.lane.done.sign
                text: screen.lane.done.totalText
            }

            Rectangle {
                anchors.horizontalCenter: parent.horizontalCenter
                color: Theme.savingSoft
                height: Theme.px(72)
                radius: height / 2
                visible: screen.lane.done.savedText !== ""
                width: saved.implicitWidth + Theme.px(64)

                Row {
                    id: saved

                    anchors.centerIn: parent
                    spacing: Theme.px(12)

                    Icon {
                        color: Theme.saving
                        name: "tag"
                        size: Theme.px(38)
                    }

                    Label {
                        color: Theme.saving
                        font.pixelSize: Theme.px(32)
                        font.weight: Font.DemiBold
                        height: Theme.px(38)
                        objectName: "doneSaved"
                        text: screen.lane.done.savedText
                    }
                }
            }

            Label {
                color: Theme.ink2
                font.pixelSize: Theme.px(32)
                horizontalAlignment: Text.AlignHCenter
                objectName: "donePoints"
                text: screen.lane.done.pointsText
                visible: text !== ""
                width: parent.width
                wrapMode: Text.Wrap
            }
        }
    }

    ReceiptCard {
        height: leave.y - Theme.px(32) - y
        lane: screen.lane
        width: leave.width
        x: leave.x
        y: screen.portrait ? result.y + result.height : header.height + Theme.px(32)
    }

    Column {
        id: leave

        spacing: Theme.px(28)
        width: parent.width - x - Theme.margin
        x: screen.portrait ? Theme.margin : result.x + result.width + Theme.margin
        y: parent.height - Theme.margin - height

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(16)

            Icon {
                color: Theme.ink
                name: "bag"
                size: Theme.px(52)
            }

            Label {
                font.pixelSize: Theme.px(38)
                font.weight: Font.DemiBold
                height: Theme.px(52)
                text: qsTrId("done.goods")
            }
        }

        PushButton {
            main: true
            objectName: "finishButton"
            text: qsTrId("done.finish")
            width: parent.width

            onTapped: screen.lane.finish()
        }
    }
}
