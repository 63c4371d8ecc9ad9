import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// How one can pay while not every way works, said before the first scan.
Rectangle {
    id: band

    required property LaneViewModel lane

    color: Theme.warnSoft
    height: words.implicitHeight + Theme.px(48)
    objectName: "rungBand"
    radius: Theme.radius
    visible: lane.rungText !== ""

    Icon {
        id: sign

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(32)
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.warn
        name: band.lane.rung === "terminal_only" ? "card" : "offline"
        size: Theme.px(60)
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: Theme.px(28)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(32)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(4)

        Label {
            color: Theme.warn
            font.pixelSize: Theme.px(38)
            font.weight: Font.DemiBold
            objectName: "rungText"
            text: band.lane.rungText
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink
            font.pixelSize: Theme.body
            text: band.lane.rungHint
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
