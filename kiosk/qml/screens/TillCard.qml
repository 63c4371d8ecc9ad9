import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// No way to pay is left at this lane: the one next step is the till, and the basket goes along.
Rectangle {
    id: card

    required property LaneViewModel lane

    Accessible.description: hint.text
    Accessible.name: title.text
    Accessible.onPressAction: card.lane.payAtTill()
    Accessible.role: Accessible.Button
    color: area.pressed ? Qt.darker(Theme.brand, 1.18) : Theme.brand
    height: words.implicitHeight + Theme.px(88)
    objectName: "payAtTill"
    radius: Theme.px(28)

    Column {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(44)
        anchors.right: chevron.left
        anchors.rightMargin: Theme.px(24)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(10)

        Label {
            id: title

            color: Theme.brandInk
            font.pixelSize: Theme.px(52)
            font.weight: Font.Bold
            text: qsTrId("pay.to_till")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            id: hint

            color: Theme.brandInk
            font.pixelSize: Theme.line
            text: qsTrId("pay.to_till_hint")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Icon {
        id: chevron

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(36)
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.brandInk
        mirror: true
        name: "back"
        size: Theme.px(64)
    }

    MouseArea {
        id: area

        anchors.fill: parent

        onClicked: card.lane.payAtTill()
    }
}
