pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The receipt: on paper where the lane has some, as a code for the phone, or none; the choice can be changed.
Rectangle {
    id: card

    required property LaneViewModel lane
    readonly property string receipt: lane.done.receipt
    readonly property var icons: ({
            "print": "printer",
            "code": "phone",
            "none": "leaf"
        })
    readonly property var names: ({
            "print": "receiptPrint",
            "code": "receiptCode",
            "none": "receiptNone"
        })

    border.color: Theme.hairline
    border.width: Theme.px(2)
    color: Theme.card
    radius: Theme.px(28)

    Label {
        id: question

        anchors.left: parent.left
        anchors.margins: Theme.px(36)
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: Theme.px(28)
        font.pixelSize: Theme.px(40)
        font.weight: Font.DemiBold
        text: qsTrId("done.question")
    }

    Row {
        id: choices

        readonly property real each: (width - (card.lane.done.choices.length - 1) * spacing) / card.lane.done.choices.length

        anchors.left: question.left
        anchors.right: question.right
        anchors.top: question.bottom
        anchors.topMargin: Theme.px(24)
        spacing: Theme.px(20)

        Repeater {
            model: card.lane.done.choices

            ReceiptChoice {
                required property var modelData

                chosen: card.receipt === modelData.choice
                compact: card.receipt === "code"
                icon: card.icons[modelData.choice]
                objectName: card.names[modelData.choice]
                text: modelData.text
                weak: modelData.weak
                width: choices.each

                onTapped: card.lane.chooseReceipt(modelData.choice)
            }
        }
    }

    Item {
        anchors.bottom: parent.bottom
        anchors.left: question.left
        anchors.right: question.right
        anchors.top: choices.bottom

        Label {
            anchors.centerIn: parent
            color: card.receipt === "print" ? Theme.ink : Theme.ink2
            font.pixelSize: Theme.line
            font.weight: card.receipt === "print" ? Font.Medium : Font.Normal
            horizontalAlignment: Text.AlignHCenter
            objectName: "receiptText"
            text: card.lane.done.receiptText
            visible: card.receipt !== "code"
            width: parent.width
            wrapMode: Text.Wrap
        }

        Row {
            anchors.centerIn: parent
            spacing: Theme.px(32)
            visible: card.receipt === "code"

            Image {
                readonly property real room: Math.min(parent.parent.height - Theme.px(32), parent.parent.width - Theme.px(260), Theme.px(440))

                cache: false
                fillMode: Image.PreserveAspectFit
                height: room
                objectName: "receiptQr"
                smooth: false
                source: card.receipt === "code" ? "image://qr/" + encodeURIComponent(card.lane.done.receiptUrl) : ""
                sourceSize: Qt.size(Math.round(room), Math.round(room))
                width: room
            }

            Label {
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.ink2
                font.pixelSize: Theme.line
                text: qsTrId("done.code_hint")
                width: Math.min(Theme.px(300), parent.parent.width - parent.spacing - x)
                wrapMode: Text.Wrap
            }
        }
    }
}
