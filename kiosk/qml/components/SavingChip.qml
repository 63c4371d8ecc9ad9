import QtQuick
import "../theme"

// What an offer gives, and what it saved: both whole, over two lines where it must be.
Rectangle {
    id: chip

    required property string amount
    required property string offer
    required property real room

    Accessible.name: chip.offer + " " + chip.amount
    Accessible.role: Accessible.StaticText
    color: Theme.savingSoft
    height: word.height + Theme.px(8)
    implicitHeight: height
    radius: Theme.px(10)
    width: word.width + figures.width + Theme.px(40)

    Label {
        id: word

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.saving
        font.pixelSize: Theme.caption
        font.weight: Font.Medium
        maximumLineCount: 3
        text: chip.offer
        width: Math.min(implicitWidth, chip.room - figures.width - Theme.px(40))
        wrapMode: Text.Wrap
    }

    Label {
        id: figures

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.saving
        font.features: {
            "tnum": 1
        }
        font.pixelSize: Theme.caption
        font.weight: Font.DemiBold
        text: chip.amount
    }
}
