import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The bank's answer is not here yet. Nothing can be touched that could take money twice: there is no retry.
Rectangle {
    id: screen

    required property LaneViewModel lane
    readonly property bool portrait: height > width

    color: Theme.surface

    Header {
        id: header

        helpShown: false
        lane: screen.lane
        width: parent.width
    }

    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: header.height / 2 - (cancel.visible ? Theme.px(70) : 0)
        spacing: Theme.px(screen.portrait ? 40 : 26)
        width: Math.min(parent.width - 2 * Theme.margin, Theme.px(1000))

        BigSign {
            anchors.horizontalCenter: parent.horizontalCenter
            name: "clock"
            visible: screen.portrait || !cancel.visible
            width: Theme.px(screen.portrait ? 260 : 190)
        }

        Label {
            font.pixelSize: Theme.px(60)
            font.weight: Font.Bold
            horizontalAlignment: Text.AlignHCenter
            objectName: "unknownTitle"
            text: screen.lane.pay.askingText
            width: parent.width
            wrapMode: Text.Wrap
        }

        Rectangle {
            border.color: "#F2DDA8"
            border.width: Theme.px(2)
            color: Theme.warnSoft
            height: warning.implicitHeight + Theme.px(44)
            radius: Theme.radius
            width: parent.width

            Label {
                id: warning

                anchors.centerIn: parent
                color: "#6B4000"
                font.pixelSize: Theme.px(46)
                font.weight: Font.Bold
                horizontalAlignment: Text.AlignHCenter
                objectName: "unknownText"
                text: qsTrId("unknown.text")
                width: parent.width - Theme.px(80)
                wrapMode: Text.Wrap
            }
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.line
            horizontalAlignment: Text.AlignHCenter
            text: screen.lane.pay.whyText
            width: parent.width
            wrapMode: Text.Wrap
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(16)

            Icon {
                color: Theme.good
                name: "check"
                size: Theme.px(48)
            }

            Label {
                font.pixelSize: Theme.line
                font.weight: Font.DemiBold
                height: Theme.px(48)
                objectName: "unknownStaff"
                text: qsTrId("unknown.staff")
            }
        }

        Rectangle {
            border.color: Theme.hairline
            border.width: Theme.px(2)
            color: Theme.card
            height: facts.implicitHeight + Theme.px(48)
            radius: Theme.radius
            width: parent.width

            Grid {
                id: facts

                anchors.centerIn: parent
                columns: screen.portrait ? 1 : 2
                columnSpacing: Theme.px(64)
                rowSpacing: Theme.px(16)
                width: parent.width - Theme.px(72)

                Fact {
                    name: qsTrId("unknown.clock")
                    text: screen.lane.pay.clockText
                    valueName: "unknownClock"
                    width: screen.portrait ? parent.width : (parent.width - parent.columnSpacing) * 0.38
                }

                Fact {
                    name: qsTrId("unknown.amount")
                    text: screen.lane.pay.sign + screen.lane.pay.amountText
                    valueName: "unknownAmount"
                    width: screen.portrait ? parent.width : (parent.width - parent.columnSpacing) * 0.62
                }
            }
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(26)
            horizontalAlignment: Text.AlignHCenter
            objectName: "unknownReference"
            text: qsTrId("unknown.reference") + ": " + screen.lane.pay.reference
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    // Only where the shopper would have scanned our code, which a restart has lost: the bank has nothing of theirs.
    PushButton {
        id: cancel

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(screen.portrait ? 56 : 28)
        anchors.horizontalCenter: parent.horizontalCenter
        height: Theme.px(screen.portrait ? 108 : 96)
        icon: "close"
        objectName: "cancelUnknown"
        text: qsTrId("unknown.cancel")
        visible: screen.lane.pay.canCancel
        width: Math.max(implicitWidth, Theme.px(560))

        onTapped: screen.lane.cancelPayment()
    }
}
