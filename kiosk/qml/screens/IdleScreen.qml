pragma ComponentBehavior: Bound

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
        languagesShown: false
        width: parent.width
    }

    MouseArea {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: header.bottom

        onClicked: idle.lane.start()
    }

    Rectangle {
        id: stage

        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.top: header.bottom
        anchors.topMargin: Theme.margin
        color: Theme.brandSoft
        height: (idle.portrait ? words.y - Theme.px(48) : parent.height - Theme.margin) - y
        radius: Theme.px(32)
        width: idle.portrait ? parent.width - 2 * Theme.margin : Math.round((parent.width - 3 * Theme.margin) * 0.46)

        ScanPicture {
            anchors.horizontalCenter: parent.horizontalCenter
            height: camera.visible ? camera.y - 2 * Theme.px(32) : parent.height * 0.8
            running: idle.visible
            width: parent.width * 0.86
            y: camera.visible ? Theme.px(32) : parent.height * 0.1
        }

        CameraView {
            id: camera

            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.margin
            anchors.horizontalCenter: parent.horizontalCenter
            camera: idle.lane.camera
            height: Math.min(parent.height * 0.46, (parent.width - 2 * Theme.margin) / idle.lane.camera.aspect)
            surround: stage.color
        }
    }

    Column {
        id: words

        anchors.left: idle.portrait ? parent.left : stage.right
        anchors.leftMargin: idle.portrait ? Theme.margin : Theme.px(64)
        anchors.right: parent.right
        anchors.rightMargin: idle.portrait ? Theme.margin : Theme.px(64)
        y: idle.portrait ? parent.height - height - Theme.px(56) : header.height + Math.round((parent.height - header.height - height) / 2)

        RungBand {
            lane: idle.lane
            width: parent.width
        }

        Item {
            height: Theme.px(36)
            visible: idle.lane.rungText !== ""
            width: 1
        }

        Label {
            font.pixelSize: Theme.px(idle.portrait ? 68 : 64)
            font.weight: Font.Bold
            objectName: "idleTitle"
            text: qsTrId("idle.title")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Item {
            height: Theme.px(12)
            width: 1
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(36)
            text: qsTrId("idle.text")
            visible: idle.lane.rung !== "pay_at_till"
            width: parent.width
            wrapMode: Text.Wrap
        }

        Item {
            height: Theme.px(44)
            width: 1
        }

        PushButton {
            height: Theme.px(136)
            icon: "scan"
            main: true
            objectName: "startButton"
            text: qsTrId("idle.start")
            textSize: Theme.px(46)
            width: parent.width

            onTapped: idle.lane.start()
        }

        Item {
            height: Theme.gutter
            width: 1
        }

        LanguageSwitch {
            lane: idle.lane
            large: true
            width: parent.width
        }

        Item {
            height: Theme.px(44)
            width: 1
        }

        Flow {
            spacing: Theme.px(16)
            visible: idle.lane.rung !== "pay_at_till"
            width: parent.width

            Repeater {
                model: [["phone", qsTrId("idle.takes_wallet")], ["card", qsTrId("idle.takes_card")], ["noCash", qsTrId("idle.takes_no_cash")]].slice(idle.lane.rung === "full" ? 0 : 1)

                Row {
                    id: take

                    required property var modelData

                    rightPadding: Theme.px(20)
                    spacing: Theme.px(12)

                    Icon {
                        anchors.verticalCenter: parent.verticalCenter
                        color: Theme.ink2
                        name: take.modelData[0]
                        size: Theme.px(42)
                    }

                    Label {
                        anchors.verticalCenter: parent.verticalCenter
                        color: Theme.ink2
                        font.pixelSize: Theme.px(29)
                        text: take.modelData[1]
                    }
                }
            }
        }
    }
}
