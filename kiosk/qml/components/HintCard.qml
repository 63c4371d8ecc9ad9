import QtQuick
import "../theme"

// What a little more would save: to be read, never to be closed.
Rectangle {
    id: card

    required property string about
    required property string lead

    Accessible.description: card.about
    Accessible.name: card.lead
    Accessible.role: Accessible.StaticText
    color: Theme.brandSoft
    height: words.implicitHeight + Theme.px(28)
    implicitHeight: height
    radius: Theme.px(14)

    Icon {
        id: sign

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.brand
        name: "plus"
        size: Theme.px(36)
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: Theme.px(14)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(2)

        Label {
            font.pixelSize: Theme.px(28)
            font.weight: Font.DemiBold
            maximumLineCount: 2
            objectName: "hintLead"
            text: card.lead
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.caption
            maximumLineCount: 2
            objectName: "hintAbout"
            text: card.about
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
