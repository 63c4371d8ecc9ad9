import QtQuick
import "../theme"

// A product's picture; a soft tile with the name's first character where the list has none.
Rectangle {
    id: tile

    property string address: ""
    property string initial: ""

    color: picture.status === Image.Ready ? "transparent" : Theme.brandSoft
    radius: Theme.px(16)

    Label {
        anchors.centerIn: parent
        color: Theme.brand
        font.pixelSize: Math.round(tile.height * 0.42)
        font.weight: Font.DemiBold
        text: tile.initial
        visible: picture.status !== Image.Ready
    }

    Image {
        id: picture

        anchors.fill: parent
        asynchronous: true
        fillMode: Image.PreserveAspectFit
        source: tile.address
        sourceSize: Qt.size(Math.round(tile.width), Math.round(tile.height))
    }
}
