pragma ComponentBehavior: Bound

import QtQuick
import "../theme"

// Large keys for a number, and what they made of it so far.
Column {
    id: pad

    required property string hint // shown while nothing is typed
    property real keyHeight: Theme.px(104)
    property string shownName: ""
    required property string text

    signal cleared
    signal pressed(key: string)

    spacing: Theme.px(16)

    Rectangle {
        border.color: pad.text === "" ? Theme.hairline : Theme.brand
        border.width: Theme.px(pad.text === "" ? 2 : 4)
        color: Theme.surface
        height: Theme.px(104)
        radius: Theme.radius
        width: parent.width

        Label {
            anchors.fill: parent
            anchors.leftMargin: Theme.gutter
            anchors.rightMargin: Theme.gutter
            color: pad.text === "" ? Theme.ink2 : Theme.ink
            font.features: {
                "tnum": 1
            }
            font.letterSpacing: pad.text === "" ? 0 : Theme.px(3)
            font.pixelSize: Theme.px(pad.text === "" ? 28 : 48)
            font.weight: pad.text === "" ? Font.Normal : Font.Bold
            fontSizeMode: pad.text === "" ? Text.FixedSize : Text.HorizontalFit
            horizontalAlignment: Text.AlignHCenter
            maximumLineCount: pad.text === "" ? 2 : 1
            minimumPixelSize: Theme.body
            objectName: pad.shownName
            text: pad.text === "" ? pad.hint : pad.text
            wrapMode: pad.text === "" ? Text.Wrap : Text.NoWrap
        }
    }

    Grid {
        id: keys

        readonly property real each: (width - 2 * spacing) / 3

        columns: 3
        spacing: Theme.px(12)
        width: parent.width

        Repeater {
            model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0", "\b"]

            PushButton {
                id: key

                required property string modelData

                Accessible.name: modelData === "\b" ? qsTrId("common.erase") : modelData
                height: pad.keyHeight
                icon: modelData === "\b" ? "erase" : ""
                objectName: "key-" + (modelData === "\b" ? "erase" : modelData)
                text: modelData === "\b" ? "" : modelData
                textSize: Theme.px(46)
                width: keys.each

                onTapped: key.modelData === "C" ? pad.cleared() : pad.pressed(key.modelData)
            }
        }
    }
}
