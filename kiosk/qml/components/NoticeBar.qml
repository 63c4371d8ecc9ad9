import QtQuick
import ScanAndGo
import "../theme"

// A word to the shopper under the header: never in the way, gone after a while, closed by no scan.
Rectangle {
    id: bar

    required property LaneViewModel lane

    readonly property bool good: lane.noticeGood
    readonly property real inset: visible ? height + Theme.px(28) : 0 // what lists below leave free for it

    border.color: good ? "#BFE3CF" : "#F2DDA8"
    border.width: Theme.px(2)
    color: good ? Theme.goodSoft : Theme.warnSoft
    height: Math.max(Theme.px(88), word.implicitHeight + Theme.px(36))
    opacity: 0
    radius: Theme.radius
    visible: opacity > 0 && lane.sheet === ""

    // A word that was said before this bar was made, such as that a basket was taken up again.
    Component.onCompleted: if (bar.lane.noticeText !== "") {
        bar.opacity = 1;
        timer.restart();
    }

    Behavior on opacity {
        NumberAnimation {
            duration: Theme.motion
        }
    }

    Icon {
        id: sign

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(28)
        anchors.verticalCenter: parent.verticalCenter
        color: bar.good ? Theme.good : Theme.warn
        name: bar.good ? "check" : "alert"
    }

    Label {
        id: word

        anchors.left: sign.right
        anchors.leftMargin: Theme.px(20)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(28)
        anchors.verticalCenter: parent.verticalCenter
        color: bar.good ? Theme.good : "#6B4000"
        font.pixelSize: Theme.px(29)
        font.weight: Font.Medium
        objectName: "noticeText"
        text: bar.lane.noticeText
        wrapMode: Text.Wrap
    }

    Timer {
        id: timer

        interval: bar.good ? 2500 : 7000

        onTriggered: bar.opacity = 0
    }

    Connections {
        function onNoticeSerialChanged() {
            bar.opacity = bar.lane.noticeText === "" ? 0 : 1;
            timer.restart();
        }

        target: bar.lane
    }
}
