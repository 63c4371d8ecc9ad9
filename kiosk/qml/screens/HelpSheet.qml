import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Help was called. The card can be put away to carry on; a word of it then stays in the header, and brings it back.
Item {
    id: sheet

    property bool expanded: true
    required property LaneViewModel lane
    readonly property bool portrait: height > width

    onVisibleChanged: sheet.expanded = true

    Connections {
        // A scan is answered at once: its line must be seen.
        function onNoticeSerialChanged(): void {
            sheet.expanded = false;
        }

        enabled: sheet.visible
        target: sheet.lane
    }

    // An upright header has no room beside the shop's name: the word of help stands in its place.
    Rectangle {
        color: Theme.card
        height: Theme.px(132)
        visible: pill.visible && sheet.portrait
        width: pill.x + pill.width
    }

    Rectangle {
        id: pill

        Accessible.name: word.text
        Accessible.onPressAction: sheet.expanded = true
        Accessible.role: Accessible.Button
        color: area.pressed ? "#D5E3F8" : Theme.waitSoft
        height: Theme.target
        objectName: "helpPill"
        radius: height / 2
        visible: !sheet.expanded
        width: Theme.px(470)
        x: sheet.portrait ? Theme.px(28) : (parent.width - width) / 2
        y: Theme.px(20)

        Icon {
            id: hand

            anchors.left: parent.left
            anchors.leftMargin: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.wait
            name: "help"
        }

        Label {
            id: word

            anchors.left: hand.right
            anchors.leftMargin: Theme.px(16)
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(24)
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.wait
            font.weight: Font.DemiBold
            text: qsTrId("help.title")
        }

        MouseArea {
            id: area

            anchors.fill: parent

            onClicked: sheet.expanded = true
        }
    }

    Item {
        anchors.fill: parent
        visible: sheet.expanded

        Rectangle {
            anchors.fill: parent
            color: "#14181F"
            opacity: 0.3
        }

        MouseArea {
            anchors.fill: parent

            onClicked: sheet.expanded = false
        }

        Rectangle {
            y: sheet.portrait ? parent.height - height - Theme.margin : (parent.height - height) / 2
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.card
            height: content.implicitHeight + Theme.px(104)
            radius: Theme.px(32)
            width: Math.min(parent.width - 2 * Theme.margin, Theme.px(1000))

            MouseArea {
                anchors.fill: parent
            }

            Column {
                id: content

                anchors.centerIn: parent
                spacing: Theme.px(28)
                width: parent.width - Theme.px(112)

                BigSign {
                    anchors.horizontalCenter: parent.horizontalCenter
                    name: "help"
                    width: Theme.px(180)
                }

                Label {
                    font.pixelSize: Theme.title
                    font.weight: Font.Bold
                    horizontalAlignment: Text.AlignHCenter
                    objectName: "helpText"
                    text: qsTrId("help.title")
                    width: parent.width
                    wrapMode: Text.Wrap
                }

                Label {
                    color: Theme.ink2
                    font.pixelSize: Theme.line
                    horizontalAlignment: Text.AlignHCenter
                    text: qsTrId("help.text")
                    width: parent.width
                    wrapMode: Text.Wrap
                }

                Row {
                    spacing: Theme.gutter
                    width: parent.width

                    PushButton {
                        height: Theme.px(120)
                        objectName: "cancelHelp"
                        text: qsTrId("help.cancel")
                        textSize: Theme.line
                        width: (parent.width - Theme.gutter) / 2

                        onTapped: sheet.lane.cancelHelp()
                    }

                    PushButton {
                        accent: Theme.wait
                        height: Theme.px(120)
                        main: true
                        objectName: "closeHelp"
                        text: qsTrId("help.close")
                        textSize: Theme.line
                        width: (parent.width - Theme.gutter) / 2

                        onTapped: sheet.expanded = false
                    }
                }
            }
        }
    }
}
