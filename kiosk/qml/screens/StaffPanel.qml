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
            "set_aside": "bag",
            "ask_aside": "clock",
            "print_aside": "printer",
            "close_aside": "check",
            "cancel_basket": "trash",
            "close_lane": "pause",
            "open_lane": "check",
            "reprint": "printer",
            "hand_over": "bag",
            "note_debts": "check",
            "refund": "undo",
            "undo_sale": "undo"
        })
    readonly property int openFor: 30

    Rectangle {
        id: drawer

        readonly property real inset: Theme.px(44)
        readonly property real narrow: Math.max(panel.width / 3, Theme.px(620))
        readonly property real out: panel.lane.staff.open ? 0 : 1

        // Low screens have no room for many acts and what stands below them: then that stands beside them.
        readonly property bool wide: !panel.portrait && (panel.lane.staff.troubled || cases.any || panel.lane.staff.acts.length > 3)

        border.color: "#3A4350"
        border.width: Theme.px(2)
        color: "#1B212A"
        enabled: panel.lane.staff.open
        height: panel.portrait ? Math.min(parent.height - Theme.px(110), Math.max(parent.height / 2, content.implicitHeight + below.contentHeight + Theme.px(270))) : parent.height
        topLeftRadius: Theme.px(32)
        topRightRadius: panel.portrait ? Theme.px(32) : 0
        bottomLeftRadius: panel.portrait ? 0 : Theme.px(32)
        visible: slide.value < 1
        width: panel.portrait ? parent.width : wide ? narrow + Theme.px(panel.lane.staff.troubled || cases.any ? 600 : 400) : narrow
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

            anchors.margins: drawer.inset
            anchors.right: parent.right
            anchors.top: parent.top
            spacing: Theme.px(20)
            width: (panel.portrait ? drawer.width : drawer.narrow) - 2 * drawer.inset

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
                        text: panel.lane.staff.who
                        width: parent.width
                    }
                }

                CountdownRing {
                    id: ring

                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    seconds: panel.lane.staff.left
                    total: panel.openFor
                }
            }

            Label {
                color: "#B4BECB"
                font.pixelSize: Theme.line
                text: qsTrId("staff.nothing")
                visible: panel.lane.staff.acts.length === 0
                width: parent.width
                wrapMode: Text.Wrap
            }

            Repeater {
                model: panel.lane.staff.acts

                PushButton {
                    required property var modelData

                    height: Theme.px(panel.portrait && panel.lane.staff.acts.length > 3 ? 96 : 112)
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
            color: "#3A4350"
            height: drawer.wide ? drawer.height - 2 * drawer.inset : Theme.px(2)
            width: drawer.wide ? Theme.px(2) : content.width
            x: drawer.wide ? content.x - Theme.px(34) : content.x
            y: drawer.wide ? drawer.inset : content.y + content.height + Theme.px(24)
        }

        // More than fits is rare, and can be drawn up: a day of many doubts.
        Flickable {
            id: below

            clip: contentHeight > height
            contentHeight: standing.implicitHeight
            height: (drawer.wide ? drawer.height - drawer.inset : close.y - Theme.px(24)) - y
            width: drawer.wide ? content.x - Theme.px(68) - drawer.inset : content.width
            x: drawer.wide ? drawer.inset : content.x
            y: drawer.wide ? drawer.inset : content.y + content.height + Theme.px(50)

            Column {
                id: standing

                spacing: Theme.px(28)
                width: parent.width

                StaffCases {
                    id: cases

                    staff: panel.lane.staff
                    visible: any
                    width: parent.width
                }

                StaffFacts {
                    flowing: !panel.lane.staff.troubled && (panel.portrait || cases.any)
                    staff: panel.lane.staff
                    stacked: drawer.wide
                    width: parent.width
                }
            }
        }

        Rectangle {
            id: close

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
