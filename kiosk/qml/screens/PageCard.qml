import QtQuick
import "../theme"
import "../components"

// The member's own page, as a code for their phone.
Rectangle {
    id: card

    required property string page
    property bool upright: false

    border.color: Theme.hairline
    border.width: Theme.px(2)
    color: Theme.card
    height: upright ? words.y + words.height + Theme.px(16) : Theme.px(216)
    radius: Theme.radius

    Image {
        id: code

        cache: false
        fillMode: Image.PreserveAspectFit
        height: Theme.px(192)
        objectName: "pageQr"
        smooth: false
        source: card.visible && card.page !== "" ? "image://qr/" + encodeURIComponent(card.page) : ""
        sourceSize: Qt.size(height, height)
        width: height
        x: card.upright ? Math.round((card.width - width) / 2) : Theme.px(16)
        y: Theme.px(12)
    }

    Column {
        id: words

        spacing: Theme.px(4)
        width: card.width - x - Theme.px(24)
        x: card.upright ? Theme.px(24) : code.x + code.width + Theme.px(24)
        y: card.upright ? code.y + code.height + Theme.px(4) : Math.round((card.height - height) / 2)

        Label {
            font.pixelSize: Theme.px(card.upright ? 28 : 32)
            font.weight: Font.DemiBold
            horizontalAlignment: card.upright ? Text.AlignHCenter : Text.AlignLeft
            text: qsTrId("rewards.page")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(card.upright ? 24 : 26)
            horizontalAlignment: card.upright ? Text.AlignHCenter : Text.AlignLeft
            text: qsTrId("rewards.page_hint")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
