import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The receipt: on paper where the lane has some, as a code for the phone, or none; the choice can be changed.
Rectangle {
    id: card

    required property LaneViewModel lane
    readonly property string receipt: lane.done.receipt

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

        readonly property int shown: card.lane.done.canPrint ? 3 : 2
        readonly property real each: (width - (shown - 1) * spacing) / shown

        anchors.left: question.left
        anchors.right: question.right
        anchors.top: question.bottom
        anchors.topMargin: Theme.px(24)
        spacing: Theme.px(20)

        ReceiptChoice {
            chosen: card.receipt === "print"
            compact: card.receipt === "code"
            icon: "printer"
            objectName: "receiptPrint"
            text: qsTrId("done.print")
            visible: card.lane.done.canPrint
            width: choices.each

            onTapped: card.lane.chooseReceipt("print")
        }

        ReceiptChoice {
            chosen: card.receipt === "code"
            compact: card.receipt === "code"
            icon: "phone"
            objectName: "receiptCode"
            text: qsTrId("done.code")
            width: choices.each

            onTapped: card.lane.chooseReceipt("code")
        }

        ReceiptChoice {
            chosen: card.receipt === "none"
            compact: card.receipt === "code"
            icon: "leaf"
            objectName: "receiptNone"
            text: qsTrId("done.none")
            width: choices.each

            onTapped: card.lane.chooseReceipt("none")
        }
    }

    Item {
        anchors.bottom: parent.bottom
        anchors.left: question.left
        anchors.right: question.right
        anchors.top: choices.bottom

        Label {
            anchors.centerIn: parent
            color: Theme.ink2
            font.pixelSize: Theme.line
            horizontalAlignment: Text.AlignHCenter
            objectName: "receiptText"
            text: card.receipt === "print" ? qsTrId("done.printing") : card.receipt === "none" ? qsTrId("done.no_receipt") : card.lane.done.numberText
            visible: card.receipt !== "code"
            width: parent.width
            wrapMode: Text.Wrap
        }

        Row {
            anchors.centerIn: parent
            spacing: Theme.px(32)
            visible: card.receipt === "code"

            Image {
                readonly property real room: Math.min(parent.parent.height - Theme.px(32), Theme.px(440))

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
                width: Theme.px(300)
                wrapMode: Text.Wrap
            }
        }
    }
}
