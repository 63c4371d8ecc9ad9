import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The payment is on its way: one large sign of what to do, or the code that the shopper's phone is to scan, how long it usually takes, a way out where there is one.
Rectangle {
    id: screen

    required property LaneViewModel lane
    readonly property bool beside: withCode && !portrait
    readonly property bool portrait: height > width
    readonly property bool withCode: lane.pay.code !== ""

    color: Theme.surface

    Header {
        id: header

        lane: screen.lane
        width: parent.width
    }

    PayCode {
        code: screen.beside ? screen.lane.pay.code : ""
        height: Math.min(Theme.px(720), parent.height - header.height - 2 * Theme.margin)
        visible: screen.beside
        x: Math.round((parent.width / 2 - width) / 2) + Theme.margin / 2
        y: header.height + Math.round((parent.height - header.height - height) / 2)
    }

    Column {
        id: words

        spacing: Theme.px(28)
        width: Math.min((screen.beside ? parent.width / 2 : parent.width) - 2 * Theme.margin, Theme.px(960))
        x: screen.beside ? Math.round(parent.width / 2) + Theme.margin / 2 : Math.round((parent.width - width) / 2)
        y: header.height + Math.round((parent.height - header.height - height - (cancel.visible ? Theme.px(160) : 0)) / 2)

        BigSign {
            anchors.horizontalCenter: parent.horizontalCenter
            name: screen.lane.pay.presents === "terminal" ? "card" : "phone"
            visible: !screen.withCode
            width: Theme.px(screen.portrait ? 300 : 200)
        }

        PayCode {
            anchors.horizontalCenter: parent.horizontalCenter
            code: screen.beside ? "" : screen.lane.pay.code
            height: Theme.px(680)
            visible: screen.withCode && !screen.beside
        }

        Label {
            font.pixelSize: Theme.px(60)
            font.weight: Font.Bold
            horizontalAlignment: Text.AlignHCenter
            objectName: "payingText"
            text: screen.lane.pay.todoText
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(36)
            horizontalAlignment: Text.AlignHCenter
            objectName: "payingHint"
            text: screen.lane.pay.hintText
            visible: text !== ""
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
        id: cancel

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(56)
        height: Theme.px(108)
        icon: "close"
        objectName: "cancelPayment"
        text: qsTrId("paying.cancel")
        visible: screen.lane.pay.canCancel
        width: Math.max(implicitWidth, Theme.px(560))
        x: Math.round(words.x + (words.width - width) / 2)

        onTapped: screen.lane.cancelPayment()
    }
}
