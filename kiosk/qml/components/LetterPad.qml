pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"

// Letters and digits to search with: no keyboard, no input method, nothing that a scan could be typed into.
Column {
    id: pad

    property int columns: 9
    required property LaneViewModel lane

    spacing: Theme.px(12)

    Rectangle {
        border.color: Theme.hairline
        border.width: Theme.px(2)
        color: Theme.surface
        height: Theme.px(88)
        radius: Theme.radius
        width: parent.width

        Label {
            anchors.left: parent.left
            anchors.leftMargin: Theme.px(24)
            anchors.right: erase.left
            anchors.verticalCenter: parent.verticalCenter
            color: pad.lane.search === "" ? Theme.ink2 : Theme.ink
            font.letterSpacing: pad.lane.search === "" ? 0 : Theme.px(6)
            font.pixelSize: pad.lane.search === "" ? Theme.px(27) : Theme.px(38)
            objectName: "searchText"
            text: pad.lane.search === "" ? qsTrId("loose.search") : pad.lane.search
        }

        PushButton {
            id: erase

            Accessible.name: qsTrId("common.erase")
            anchors.right: parent.right
            height: parent.height
            icon: "erase"
            objectName: "searchErase"
            quiet: true
            visible: pad.lane.search !== ""
            width: Theme.px(110)

            onTapped: pad.lane.typed("\b")
        }
    }

    Grid {
        id: keys

        readonly property real each: (pad.width - (columns - 1) * spacing) / columns

        columns: pad.columns
        spacing: Theme.px(8)

        Repeater {
            model: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".split("")

            PushButton {
                id: key

                required property string modelData

                height: Theme.px(pad.columns > 6 ? 92 : 94)
                objectName: "letter-" + modelData
                radius: Theme.px(14)
                text: modelData
                textSize: Theme.px(34)
                width: keys.each

                onTapped: pad.lane.typed(key.modelData)
            }
        }
    }
}
