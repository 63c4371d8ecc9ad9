import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The last attempt was refused: nothing was charged, and what the shopper can do.
Rectangle {
    id: card

    required property LaneViewModel lane

    // Chinese sentences follow one another without a space.
    function joined(first: string, second: string): string {
        return first === "" || first.endsWith("。") ? first + second : first + " " + second;
    }

    border.color: "#F2DDA8"
    border.width: Theme.px(2)
    color: Theme.warnSoft
    height: words.implicitHeight + Theme.px(48)
    radius: Theme.px(28)

    Icon {
        id: sign

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(32)
        color: Theme.warn
        name: "alert"
        size: Theme.px(56)
        y: Theme.px(28)
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: Theme.px(24)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(32)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(6)

        Label {
            color: "#6B4000"
            font.pixelSize: Theme.line
            font.weight: Font.DemiBold
            text: qsTrId("decline.title")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: "#6B4000"
            objectName: "declineText"
            text: card.joined(card.lane.pay.declineLead, card.lane.pay.declineText)
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
