import QtQuick
import "../theme"
import "../components"

// The member's own page, as a code for their phone.
Rectangle {
    id: card

    property bool hinted: true
    required property string page

    border.color: Theme.hairline
    border.width: Theme.px(2)
    color: Theme.card
    height: words.y + words.height + Theme.px(14)
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
        x: Math.round((card.width - width) / 2)
        y: Theme.px(12)
    }

    Column {
        id: words

        spacing: Theme.px(4)
        width: card.width - 2 * x
        x: Theme.px(16)
        y: code.y + code.height + Theme.px(4)

        Label {
            font.pixelSize: Theme.px(28)
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            text: qsTrId("rewards.page")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.caption
            horizontalAlignment: Text.AlignHCenter
            text: qsTrId("rewards.page_hint")
            visible: card.hinted
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
