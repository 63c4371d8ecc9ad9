pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The attendant's panel: slides over a third (portrait: half) of the screen, the basket stays in sight; it closes by itself.
Item {
    id: panel

    required property LaneViewModel lane
    readonly property bool portrait: height > width
    readonly property var icons: ({
            "approve_age": "check",
            "refuse_age": "close",
            "remove_problems": "trash",
            "clear_help": "check",
            "ask_payment": "clock",
            "cancel_basket": "trash",
            "close_lane": "pause",
            "open_lane": "check"
        })
    readonly property int openFor: 30

    Rectangle {
        id: drawer

        readonly property real out: panel.lane.staffOpen ? 0 : 1

        border.color: "#3A4350"
        border.width: Theme.px(2)
        color: "#1B212A"
        enabled: panel.lane.staffOpen
        height: panel.portrait ? Math.max(parent.height / 2, content.implicitHeight + Theme.px(216)) : parent.height
        topLeftRadius: Theme.px(32)
        topRightRadius: panel.portrait ? Theme.px(32) : 0
        bottomLeftRadius: panel.portrait ? 0 : Theme.px(32)
        visible: slide.value < 1
        width: panel.portrait ? parent.width : Math.max(parent.width / 3, Theme.px(620))
        x: panel.portrait ? 0 : parent.width - width * (1 - slide.value)
        y: panel.portrait ? parent.height - height * (1 - slide.value) : 0

        QtObject {
            id: slide

            property real value: drawer.out

            Behavior on value {
                NumberAnimation {
                    duration: Theme.motion
                    easing.type: Easing.OutQuad
                }
            }
        }

        MouseArea {
            anchors.fill: parent
        }

        Column {
            id: content

            anchors.left: parent.left
            anchors.margins: Theme.px(44)
            anchors.right: parent.right
            anchors.top: parent.top
            spacing: Theme.px(20)

            Item {
                height: Theme.px(116)
                width: parent.width

                Icon {
                    id: badge

                    anchors.verticalCenter: parent.verticalCenter
                    color: "#FFFFFF"
                    name: "badge"
                    size: Theme.px(60)
                }

                Column {
                    anchors.left: badge.right
                    anchors.leftMargin: Theme.px(20)
                    anchors.right: ring.left
                    anchors.rightMargin: Theme.px(16)
                    anchors.verticalCenter: parent.verticalCenter

                    Label {
                        color: "#FFFFFF"
                        font.pixelSize: Theme.px(42)
                        font.weight: Font.DemiBold
                        text: qsTrId("staff.title")
                        width: parent.width
                    }

                    Label {
                        color: "#B4BECB"
                        font.pixelSize: Theme.px(26)
                        objectName: "staffWho"
                        text: panel.lane.staffWho
                        width: parent.width
                    }
                }

                CountdownRing {
                    id: ring

                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    seconds: panel.lane.staffLeft
                    total: panel.openFor
                }
            }

            Label {
                color: "#B4BECB"
                font.pixelSize: Theme.line
                text: qsTrId("staff.nothing")
                visible: panel.lane.staffActs.length === 0
                width: parent.width
                wrapMode: Text.Wrap
            }

            Repeater {
                model: panel.lane.staffActs

                PushButton {
                    required property var modelData

                    height: Theme.px(112)
                    icon: panel.icons[modelData.act] ?? ""
                    objectName: "staffAct-" + modelData.act
                    text: modelData.text
                    textSize: Theme.line
                    width: content.width

                    onTapped: panel.lane.staffAct(modelData.act)
                }
            }
        }

        Rectangle {
            Accessible.name: qsTrId("staff.close")
            Accessible.onPressAction: panel.lane.closeStaff()
            Accessible.role: Accessible.Button
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.px(44)
            anchors.left: content.left
            anchors.right: content.right
            border.color: "#5B6675"
            border.width: Theme.px(2)
            color: touch.pressed ? "#2A323E" : "transparent"
            height: Theme.target
            objectName: "closeStaff"
            radius: Theme.radius

            Label {
                anchors.centerIn: parent
                color: "#FFFFFF"
                font.weight: Font.Medium
                text: qsTrId("staff.close")
            }

            MouseArea {
                id: touch

                anchors.fill: parent

                onClicked: panel.lane.closeStaff()
            }
        }
    }
}
