import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// This lane does not sell just now: kind words, where to go instead, and a small line for staff.
Rectangle {
    id: screen

    property color accent: Theme.ink2
    property string icon: "pause"
    required property LaneViewModel lane
    property color soft: "#E8ECF1"
    property string staffText: ""
    property alias staffName: staff.objectName
    property string text: ""
    property string title: ""

    color: Theme.surface

    Header {
        id: header

        lane: screen.lane
        width: parent.width
    }

    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: Theme.px(-20)
        spacing: Theme.px(36)
        width: Math.min(parent.width - 2 * Theme.px(80), Theme.px(1100))

        BigSign {
            accent: screen.accent
            anchors.horizontalCenter: parent.horizontalCenter
            name: screen.icon
            soft: screen.soft
            width: Theme.px(300)
        }

        Label {
            font.pixelSize: Theme.px(68)
            font.weight: Font.Bold
            horizontalAlignment: Text.AlignHCenter
            objectName: "restTitle"
            text: screen.title
            topPadding: Theme.px(20)
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(40)
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 1.15
            text: screen.text
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Row {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(56)
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.px(16)

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.ink2
            name: "badge"
            size: Theme.px(40)
        }

        Label {
            id: staff

            anchors.verticalCenter: parent.verticalCenter
            color: Theme.ink2
            font.pixelSize: Theme.px(26)
            text: screen.staffText
            width: Math.min(implicitWidth, screen.width - Theme.px(200))
            wrapMode: Text.Wrap
        }
    }
}
