pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Which receipt: its code to the scanner, or the end of its number on sixteen keys.
Column {
    id: ask

    required property RefundViewModel refund

    spacing: Theme.px(20)

    Rectangle {
        color: Theme.waitSoft
        height: Theme.px(128)
        radius: Theme.radius
        width: parent.width

        Icon {
            id: sign

            anchors.left: parent.left
            anchors.leftMargin: Theme.px(36)
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.wait
            name: "scan"
            size: Theme.px(64)
        }

        Label {
            anchors.left: sign.right
            anchors.leftMargin: Theme.px(28)
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.wait
            font.pixelSize: Theme.px(40)
            font.weight: Font.DemiBold
            text: qsTrId("refund.ask")
            wrapMode: Text.Wrap
        }
    }

    Label {
        color: Theme.ink2
        text: qsTrId("refund.ask_or")
        width: parent.width
        wrapMode: Text.Wrap
    }

    Rectangle {
        border.color: ask.refund.typed === "" ? Theme.hairline : Theme.brand
        border.width: Theme.px(ask.refund.typed === "" ? 2 : 4)
        color: Theme.surface
        height: Theme.px(104)
        radius: Theme.radius
        width: parent.width

        Label {
            anchors.left: parent.left
            anchors.leftMargin: Theme.px(36)
            anchors.verticalCenter: parent.verticalCenter
            color: ask.refund.typed === "" ? "#B4BBC6" : Theme.ink
            font.features: {
                "tnum": 1
            }
            font.letterSpacing: Theme.px(6)
            font.pixelSize: Theme.px(54)
            font.weight: Font.Bold
            objectName: "refundTyped"
            text: ask.refund.typed === "" ? qsTrId("refund.hint") : ask.refund.typed
        }

        PushButton {
            Accessible.name: qsTrId("common.erase")
            anchors.right: parent.right
            height: parent.height
            icon: "erase"
            objectName: "refundErase"
            quiet: true
            visible: ask.refund.typed !== ""
            width: Theme.px(128)

            onTapped: ask.refund.press("\b")
        }
    }

    Grid {
        id: keys

        columns: 8
        spacing: Theme.px(12)
        width: parent.width

        Repeater {
            model: "0123456789ABCDEF".split("")

            PushButton {
                id: key

                required property string modelData

                height: Theme.px(104)
                objectName: "refundKey-" + modelData
                text: modelData
                textSize: Theme.px(44)
                width: (keys.width - 7 * keys.spacing) / 8

                onTapped: ask.refund.press(key.modelData)
            }
        }
    }

    PushButton {
        enabled: ask.refund.typed.length === 10
        main: true
        objectName: "refundFind"
        text: qsTrId("refund.find")
        width: parent.width

        onTapped: ask.refund.find()
    }
}
