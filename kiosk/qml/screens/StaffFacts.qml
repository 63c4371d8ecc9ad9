pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// How the lane's prices and its connection stand, for the attendant: calm while all is well, what is wrong stands out.
Column {
    id: facts

    property bool flowing: false // one after the other, where there is little height and nothing to explain
    property bool stacked: false // the value below its name, where the column is narrow and high
    required property StaffViewModel staff

    spacing: Theme.px(facts.stacked ? 22 : 12)

    Flow {
        spacing: Theme.px(12)
        visible: facts.flowing
        width: parent.width

        Repeater {
            model: facts.flowing ? facts.staff.facts : null

            Row {
                id: pair

                required property string fact
                required property string name
                required property string value

                rightPadding: Theme.px(24)
                spacing: Theme.px(12)

                Label {
                    color: "#B4BECB"
                    font.pixelSize: Theme.caption
                    text: pair.name
                }

                Label {
                    color: "#FFFFFF"
                    font.pixelSize: Theme.caption
                    objectName: "staffFact-" + pair.fact
                    text: pair.value
                }
            }
        }
    }

    Repeater {
        model: facts.flowing ? null : facts.staff.facts

        Item {
            id: row

            required property bool bad
            required property string fact
            required property string name
            required property string value

            readonly property real indent: (facts.stacked ? 0 : width * 0.3) + (bad ? sign.width + Theme.px(12) : 0)

            height: word.y + Math.max(word.implicitHeight, facts.stacked ? 0 : heading.implicitHeight)
            width: facts.width

            Label {
                id: heading

                color: "#B4BECB"
                font.pixelSize: Theme.caption
                text: row.name
                width: facts.stacked ? row.width : Math.round(row.width * 0.3) - Theme.px(12)
                wrapMode: Text.Wrap
            }

            Icon {
                id: sign

                color: "#FFC46B"
                name: "alert"
                size: Theme.px(28)
                visible: row.bad
                x: row.indent - width - Theme.px(12)
                y: word.y + Theme.px(4)
            }

            Label {
                id: word

                color: row.bad ? "#FFC46B" : "#FFFFFF"
                font.pixelSize: Theme.caption
                font.weight: row.bad ? Font.Medium : Font.Normal
                maximumLineCount: facts.stacked ? 5 : 4
                objectName: "staffFact-" + row.fact
                text: row.value
                width: row.width - row.indent
                wrapMode: Text.Wrap
                x: row.indent
                y: facts.stacked ? heading.implicitHeight + Theme.px(4) : 0
            }
        }
    }
}
