import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Nobody is here: what to do, in which language, and what this lane takes.
Rectangle {
    id: idle

    required property LaneViewModel lane
    readonly property bool portrait: height > width

    color: Theme.surface

    Header {
        id: header

        lane: idle.lane
        width: parent.width
    }

    MouseArea {
        anchors.fill: parent
        anchors.topMargin: header.height

        onClicked: idle.lane.start()
    }

    Rectangle {
        id: stage

        anchors.left: parent.left
        anchors.margins: Theme.margin
        anchors.top: header.bottom
        color: Theme.card
        height: idle.portrait ? Theme.px(940) : parent.height - header.height - 2 * Theme.margin
        radius: Theme.px(32)
        width: idle.portrait ? parent.width - 2 * Theme.margin : (parent.width - 3 * Theme.margin) / 2

        ScanPicture {
            anchors.centerIn: parent
            height: width * 0.78
            running: idle.visible
            width: Math.min(parent.width, parent.height) * 0.86
        }
    }

    Column {
        anchors.left: idle.portrait ? parent.left : stage.right
        anchors.leftMargin: Theme.margin
        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.top: idle.portrait ? stage.bottom : header.bottom
        anchors.topMargin: idle.portrait ? Theme.px(44) : Theme.px(56)
        spacing: Theme.px(idle.portrait ? 30 : 34)

        Label {
            font.pixelSize: Theme.px(64)
            font.weight: Font.Bold
            lineHeight: 1.05
            objectName: "idleTitle"
            text: qsTrId("idle.title")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(36)
            text: qsTrId("idle.text")
            width: parent.width
            wrapMode: Text.Wrap
        }

        PushButton {
            icon: "scan"
            main: true
            objectName: "startButton"
            text: qsTrId("idle.start")
            width: parent.width

            onTapped: idle.lane.start()
        }

        LanguageSwitch {
            anchors.horizontalCenter: parent.horizontalCenter
            lane: idle.lane
            large: true
            visible: true
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(44)

            Repeater {
                model: [["phone", qsTrId("idle.takes_wallet")], ["card", qsTrId("idle.takes_card")], ["close", qsTrId("idle.takes_no_cash")]]

                Row {
                    id: take

                    required property var modelData

                    spacing: Theme.px(10)

                    Icon {
                        anchors.verticalCenter: parent.verticalCenter
                        color: Theme.ink2
                        name: take.modelData[0]
                        size: Theme.px(38)
                    }

                    Label {
                        anchors.verticalCenter: parent.verticalCenter
                        color: Theme.ink2
                        font.pixelSize: Theme.px(26)
                        text: take.modelData[1]
                    }
                }
            }
        }
    }
}
