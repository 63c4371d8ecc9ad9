pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A car's plate: the sign of its province, then letters and digits. No input method, nothing that a scan could be typed into.
Sheet {
    id: sheet

    required property LaneViewModel lane
    readonly property ParkingViewModel parking: lane.parking

    title: qsTrId("parking.plate_title")
    wantedHeight: column.implicitHeight + Theme.px(120) + Theme.margin
    wantedWidth: Theme.px(1160)

    onClosed: sheet.lane.closeSheet()

    Column {
        id: column

        spacing: Theme.px(14)
        width: parent.width

        Rectangle {
            border.color: sheet.parking.typed === "" ? Theme.hairline : Theme.brand
            border.width: Theme.px(sheet.parking.typed === "" ? 2 : 4)
            color: Theme.surface
            height: Theme.px(104)
            radius: Theme.radius
            width: parent.width

            Label {
                anchors.fill: parent
                color: sheet.parking.typed === "" ? Theme.ink2 : Theme.ink
                font.letterSpacing: sheet.parking.typed === "" ? 0 : Theme.px(6)
                font.pixelSize: Theme.px(sheet.parking.typed === "" ? 28 : 52)
                font.weight: sheet.parking.typed === "" ? Font.Normal : Font.Bold
                horizontalAlignment: Text.AlignHCenter
                objectName: "plateText"
                text: sheet.parking.typed === "" ? qsTrId("parking.plate_hint") : sheet.parking.typed
            }
        }

        Grid {
            id: keys

            readonly property real each: (width - (columns - 1) * spacing) / columns

            columns: sheet.portrait ? 8 : 10
            height: Math.ceil(38 / columns) * Theme.px(92) + (Math.ceil(38 / columns) - 1) * spacing // both pages of one height
            spacing: Theme.px(10)
            width: parent.width

            Repeater {
                model: sheet.parking.keys

                PushButton {
                    id: key

                    required property string modelData

                    height: Theme.px(92)
                    objectName: "plate-" + modelData
                    radius: Theme.px(14)
                    text: modelData
                    textSize: Theme.px(38)
                    width: keys.each

                    onTapped: sheet.parking.press(key.modelData)
                }
            }
        }

        Row {
            id: acts

            spacing: Theme.px(16)
            width: parent.width

            PushButton {
                height: Theme.px(112)
                objectName: "plateTurn"
                text: sheet.parking.provinces ? qsTrId("parking.letters") : qsTrId("parking.provinces")
                textSize: Theme.px(34)
                width: Theme.px(148)

                onTapped: sheet.parking.turn()
            }

            PushButton {
                Accessible.name: qsTrId("common.erase")
                height: Theme.px(112)
                icon: "erase"
                objectName: "plateErase"
                width: Theme.px(148)

                onTapped: sheet.parking.press("\b")
            }

            PushButton {
                enabled: sheet.parking.canEnter
                height: Theme.px(112)
                main: true
                objectName: "plateEnter"
                text: qsTrId("parking.enter")
                width: acts.width - x

                onTapped: {
                    sheet.parking.enter();
                    sheet.lane.closeSheet();
                }
            }
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.caption
            horizontalAlignment: Text.AlignHCenter
            text: qsTrId("parking.note")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
