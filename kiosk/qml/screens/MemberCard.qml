import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The basket's small word on membership: who is recognised, or what it would save; one touch types a number.
Rectangle {
    id: card

    required property LaneViewModel lane
    readonly property bool known: lane.member.state !== ""

    Accessible.description: about.text
    Accessible.name: lead.text
    Accessible.onPressAction: card.ask()
    Accessible.role: card.known ? Accessible.StaticText : Accessible.Button
    border.color: known ? "transparent" : area.pressed ? Theme.brand : Theme.hairline
    border.width: known ? 0 : Theme.px(2)
    color: known ? Theme.goodSoft : area.pressed ? Theme.pressed : Theme.card
    height: Math.max(Theme.px(known ? 76 : 96), words.implicitHeight + Theme.px(24))
    objectName: "memberCard"
    radius: Theme.px(14)

    function ask(): void {
        if (!card.known)
            card.lane.member.typeNumber();
    }

    Icon {
        id: sign

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        color: card.known ? Theme.good : Theme.saving
        name: "member"
        size: Theme.px(40)
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: Theme.px(16)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(16)
        anchors.verticalCenter: parent.verticalCenter

        Label {
            id: lead

            color: card.known ? Theme.good : Theme.saving
            font.pixelSize: Theme.px(28)
            font.weight: Font.DemiBold
            objectName: "memberCardLead"
            text: card.lane.member.cardLead
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            id: about

            color: Theme.ink2
            font.pixelSize: Theme.caption
            text: card.lane.member.cardAbout
            visible: text !== ""
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent
        enabled: !card.known

        onClicked: card.ask()
    }
}
