import QtQuick
import "../theme"

// A code for the shopper's phone, as large as a hand: black on a white card. It is kept nowhere when it is gone.
Rectangle {
    id: card

    property string code: ""

    border.color: Theme.hairline
    border.width: Theme.px(2)
    color: "#FFFFFF"
    radius: Theme.px(28)
    width: height

    Image {
        anchors.centerIn: parent
        cache: false
        fillMode: Image.PreserveAspectFit
        height: width
        objectName: "payCode"
        smooth: false
        source: card.code === "" ? "" : "image://qr/" + encodeURIComponent(card.code)
        sourceSize: Qt.size(Math.round(width), Math.round(width))
        width: card.height - Theme.px(48)
    }
}
