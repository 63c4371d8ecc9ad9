import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Free parking: for which car, and what became of it.
Rectangle {
    id: card

    required property LaneViewModel lane
    readonly property string stand: lane.parking.state
    readonly property bool asks: ["offered", "refused"].includes(stand)
    readonly property bool wrong: ["refused", "offline"].includes(stand)

    border.color: Theme.hairline
    border.width: Theme.px(2)
    color: stand === "granted" ? Theme.goodSoft : Theme.card
    height: words.height + (asks ? buttons.height + Theme.px(16) : 0) + Theme.px(32)
    objectName: "parkingCard"
    radius: Theme.radius

    Rectangle {
        id: disc

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        color: card.stand === "granted" ? Theme.good : Theme.waitSoft
        height: width
        radius: width / 2
        width: Theme.px(68)
        y: words.y + Math.round((words.height - height) / 2)

        Icon {
            anchors.centerIn: parent
            color: card.stand === "granted" ? "#FFFFFF" : Theme.wait
            name: card.stand === "granted" ? "check" : "parking"
            size: Theme.px(42)
        }
    }

    Column {
        id: words

        anchors.left: disc.right
        anchors.leftMargin: Theme.px(20)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(20)
        spacing: Theme.px(2)
        y: Theme.px(16)

        Label {
            font.pixelSize: Theme.px(32)
            font.weight: Font.DemiBold
            objectName: "parkingTitle"
            text: card.lane.parking.title
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: card.wrong ? Theme.warn : Theme.ink2
            font.pixelSize: Theme.px(26)
            font.weight: card.wrong ? Font.Medium : Font.Normal
            objectName: "parkingText"
            text: card.lane.parking.text
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Row {
        id: buttons

        readonly property real each: (width - spacing) / 2

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(20)
        spacing: Theme.px(16)
        visible: card.asks
        y: words.y + words.height + Theme.px(16)

        PushButton {
            height: Theme.px(84)
            icon: "keypad"
            objectName: "parkPlate"
            text: qsTrId("parking.plate")
            textSize: Theme.px(28)
            width: buttons.each

            onTapped: card.lane.openSheet("plate")
        }

        PushButton {
            height: Theme.px(84)
            icon: "ticket"
            objectName: "parkTicket"
            text: qsTrId("parking.ticket")
            textSize: Theme.px(28)
            width: buttons.each

            onTapped: card.lane.openSheet("ticket")
        }
    }
}
