import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Is anybody there? Counts down, and any touch keeps the basket.
Item {
    id: warning

    required property LaneViewModel lane

    Rectangle {
        anchors.fill: parent
        color: "#14181F"
        opacity: 0.5
    }

    MouseArea {
        anchors.fill: parent

        onClicked: warning.lane.keepBasket()
    }

    Rectangle {
        anchors.centerIn: parent
        color: Theme.card
        height: content.implicitHeight + Theme.px(112)
        radius: Theme.px(32)
        width: Math.min(parent.width - 2 * Theme.margin, Theme.px(900))

        Column {
            id: content

            anchors.centerIn: parent
            spacing: Theme.px(32)
            width: parent.width - Theme.px(112)

            Label {
                font.pixelSize: Theme.title
                font.weight: Font.DemiBold
                horizontalAlignment: Text.AlignHCenter
                text: qsTrId("idle.warning_title")
                width: parent.width
                wrapMode: Text.Wrap
            }

            Label {
                anchors.horizontalCenter: parent.horizontalCenter
                color: Theme.wait
                font.features: {
                    "tnum": 1
                }
                font.pixelSize: Theme.px(140)
                font.weight: Font.Bold
                objectName: "idleSeconds"
                text: warning.lane.idleWarning
            }

            Label {
                color: Theme.ink2
                horizontalAlignment: Text.AlignHCenter
                text: qsTrId("idle.warning_text")
                width: parent.width
                wrapMode: Text.Wrap
            }

            PushButton {
                main: true
                objectName: "keepBasket"
                text: qsTrId("idle.warning_keep")
                width: parent.width

                onTapped: warning.lane.keepBasket()
            }
        }
    }
}
