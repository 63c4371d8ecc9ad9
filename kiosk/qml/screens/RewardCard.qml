import QtQuick
import "../theme"
import "../components"

// One thing that the sale brought; a red packet looks like one, a coupon of nobody's own shows its code.
Rectangle {
    id: card

    required property string code
    required property string icon
    required property bool strong
    required property string text
    required property string title
    readonly property color inkColor: strong ? "#FFFFFF" : Theme.ink

    Accessible.description: card.text
    Accessible.name: card.title
    Accessible.role: Accessible.StaticText
    border.color: strong ? "transparent" : Theme.hairline
    border.width: strong ? 0 : Theme.px(2)
    color: strong ? Theme.saving : Theme.card
    height: Math.max(Theme.px(code === "" ? 96 : 168), words.implicitHeight + Theme.px(20))
    radius: Theme.radius

    Rectangle {
        id: disc

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        color: card.strong ? "#FFD9A0" : Theme.savingSoft
        height: width
        radius: width / 2
        width: Theme.px(64)

        Icon {
            anchors.centerIn: parent
            color: Theme.saving
            name: card.icon
            size: Theme.px(40)
        }
    }

    Column {
        id: words

        anchors.left: disc.right
        anchors.leftMargin: Theme.px(20)
        anchors.right: qr.visible ? qr.left : parent.right
        anchors.rightMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(2)

        Label {
            color: card.inkColor
            font.pixelSize: Theme.px(32)
            font.weight: Font.DemiBold
            objectName: "rewardTitle"
            text: card.title
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: card.strong ? "#FFFFFF" : Theme.ink2
            font.pixelSize: Theme.px(26)
            objectName: "rewardText"
            text: card.text
            visible: text !== ""
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Rectangle {
        id: qr

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        color: "#FFFFFF"
        height: Theme.px(144)
        radius: Theme.px(10)
        visible: card.code !== ""
        width: height

        Image {
            anchors.fill: parent
            cache: false
            fillMode: Image.PreserveAspectFit
            objectName: "rewardQr"
            smooth: false
            source: card.code === "" ? "" : "image://qr/" + encodeURIComponent(card.code)
            sourceSize: Qt.size(Theme.px(144), Theme.px(144))
        }
    }
}
