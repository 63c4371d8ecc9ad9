pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A code that cannot be scanned, typed on large keys.
Sheet {
    id: sheet

    required property LaneViewModel lane

    title: qsTrId("keypad.title")
    wantedHeight: Theme.px(980)
    wantedWidth: Theme.px(760)

    onClosed: sheet.lane.closeSheet()

    Column {
        anchors.centerIn: parent
        spacing: Theme.px(20)
        width: Math.min(parent.width, Theme.px(660))

        Rectangle {
            border.color: Theme.hairline
            border.width: Theme.px(2)
            color: Theme.surface
            height: Theme.px(110)
            radius: Theme.radius
            width: parent.width

            Label {
                anchors.fill: parent
                anchors.margins: Theme.px(20)
                color: sheet.lane.typedCode === "" ? Theme.ink2 : Theme.ink
                font.features: {
                    "tnum": 1
                }
                font.letterSpacing: sheet.lane.typedCode === "" ? 0 : Theme.px(3)
                font.pixelSize: sheet.lane.typedCode === "" ? Theme.px(28) : Theme.px(46)
                font.weight: sheet.lane.typedCode === "" ? Font.Normal : Font.DemiBold
                horizontalAlignment: Text.AlignHCenter
                objectName: "keypadText"
                text: sheet.lane.typedCode === "" ? qsTrId("keypad.hint") : sheet.lane.typedCode
                wrapMode: sheet.lane.typedCode === "" ? Text.Wrap : Text.NoWrap
            }
        }

        Grid {
            id: keys

            readonly property real each: (width - 2 * spacing) / 3

            columns: 3
            spacing: Theme.px(16)
            width: parent.width

            Repeater {
                model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0", "\b"]

                PushButton {
                    id: key

                    required property string modelData

                    Accessible.name: modelData === "\b" ? qsTrId("common.erase") : modelData
                    height: Theme.px(116)
                    icon: modelData === "\b" ? "erase" : ""
                    objectName: "key-" + (modelData === "\b" ? "erase" : modelData)
                    text: modelData === "\b" ? "" : modelData
                    textSize: Theme.px(48)
                    width: keys.each

                    onTapped: key.modelData === "C" ? sheet.lane.clearTyped() : sheet.lane.typed(key.modelData)
                }
            }
        }

        PushButton {
            enabled: sheet.lane.typedCode !== ""
            main: true
            objectName: "keypadAdd"
            text: qsTrId("keypad.add")
            width: parent.width

            onTapped: sheet.lane.enterTyped()
        }
    }
}
