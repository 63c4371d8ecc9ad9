import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The payment is on its way: one large sign of what to do, how long it usually takes, a way out where there is one.
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

    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: header.height / 2 - (screen.lane.pay.canCancel ? Theme.px(80) : 0)
        spacing: Theme.px(28)
        width: Math.min(parent.width - 2 * Theme.margin, Theme.px(960))

        BigSign {
            anchors.horizontalCenter: parent.horizontalCenter
            name: screen.lane.pay.presents === "terminal" ? "card" : "phone"
            width: Theme.px(screen.portrait ? 300 : 200)
        }

        Label {
            font.pixelSize: Theme.px(60)
            font.weight: Font.Bold
            horizontalAlignment: Text.AlignHCenter
            objectName: "payingText"
            text: screen.lane.pay.presents === "" ? "" : qsTrId("paying." + screen.lane.pay.presents)
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(36)
            horizontalAlignment: Text.AlignHCenter
            text: screen.lane.pay.presents === "" ? "" : qsTrId("paying." + screen.lane.pay.presents + "_hint")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Money {
            anchors.horizontalCenter: parent.horizontalCenter
            figuresName: "payingAmount"
            sign: screen.lane.pay.sign
            text: screen.lane.pay.amountText
        }

        Column {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(20)
            width: Math.min(parent.width, Theme.px(720))

            Rectangle {
                color: "#DDE3EA"
                height: Theme.px(14)
                radius: height / 2
                width: parent.width

                Rectangle {
                    color: Theme.wait
                    height: parent.height
                    radius: height / 2
                    width: Math.max(height, parent.width * screen.lane.pay.progress)

                    Behavior on width {
                        enabled: screen.visible && !Theme.calm

                        NumberAnimation {
                            duration: Theme.motion
                        }
                    }
                }
            }

            Label {
                color: Theme.ink2
                horizontalAlignment: Text.AlignHCenter
                objectName: "usualText"
                text: screen.lane.pay.usualText
                width: parent.width
                wrapMode: Text.Wrap
            }
        }
    }

    PushButton {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(56)
        anchors.horizontalCenter: parent.horizontalCenter
        height: Theme.px(108)
        icon: "close"
        objectName: "cancelPayment"
        text: qsTrId("paying.cancel")
        visible: screen.lane.pay.canCancel
        width: Math.max(implicitWidth, Theme.px(560))

        onTapped: screen.lane.cancelPayment()
    }
}
