import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Paid: a large good sign, the sum and what was saved; beside each other where rewards need the height.
Item {
    id: sums

    property bool compact: false
    required property LaneViewModel lane
    property bool narrow: false
    readonly property real wide: compact ? width - Theme.px(180 + 40) : width

    BigSign {
        accent: Theme.brandInk
        name: "check"
        width: Theme.px(sums.compact ? 180 : sums.narrow ? 168 : 260)
        soft: Theme.good
        x: sums.compact ? 0 : Math.round((sums.width - width) / 2)
        y: sums.compact ? Math.round((sums.height - height) / 2) : column.y - height - Theme.px(sums.narrow ? 24 : 32)
    }

    Column {
        id: column

        spacing: Theme.px(sums.compact ? 8 : sums.narrow ? 14 : 24)
        width: sums.wide
        x: sums.width - width
        y: Math.round((sums.height - height) / 2) + (sums.compact ? 0 : Theme.px(sums.narrow ? 96 : 146))

        Label {
            font.pixelSize: Theme.px(sums.compact ? 48 : sums.narrow ? 44 : 64)
            font.weight: Font.Bold
            horizontalAlignment: sums.compact ? Text.AlignLeft : Text.AlignHCenter
            objectName: "doneTitle"
            text: qsTrId("done.title")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Money {
            figuresName: "doneTotal"
            room: sums.wide
            sign: sums.lane.done.sign
            size: sums.compact || sums.narrow ? Theme.px(76) : Theme.total
            text: sums.lane.done.totalText
            x: sums.compact ? 0 : Math.round((column.width - width) / 2)
        }

        Rectangle {
            color: Theme.savingSoft
            height: Theme.px(72)
            radius: height / 2
            visible: sums.lane.done.savedText !== ""
            width: saved.implicitWidth + Theme.px(64)
            x: sums.compact ? 0 : Math.round((column.width - width) / 2)

            Row {
                id: saved

                anchors.centerIn: parent
                spacing: Theme.px(12)

                Icon {
                    color: Theme.saving
                    name: "tag"
                    size: Theme.px(38)
                }

                Label {
                    color: Theme.saving
                    font.pixelSize: Theme.px(32)
                    font.weight: Font.DemiBold
                    height: Theme.px(38)
                    objectName: "doneSaved"
                    text: sums.lane.done.savedText
                }
            }
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(32)
            horizontalAlignment: Text.AlignHCenter
            objectName: "donePoints"
            text: sums.lane.done.pointsText
            visible: text !== "" && !sums.lane.rewards.shown
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
