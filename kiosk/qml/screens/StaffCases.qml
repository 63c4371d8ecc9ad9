pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Payments in doubt, for the attendant: whose and how much, the order number that banks ask for, and how it stands.
Column {
    id: cases

    readonly property bool any: list.count > 0
    required property StaffViewModel staff

    spacing: Theme.px(16)

    Repeater {
        id: list

        model: cases.staff.cases

        Rectangle {
            id: card

            required property string facts
            required property string key
            required property string order
            required property string stands
            required property string sum
            required property string title
            required property string trouble
            readonly property color mark: stands === "doubt" ? "#FFC46B" : stands === "paid" ? "#7FE0B2" : "#FFFFFF"

            border.color: card.mark
            border.width: Theme.px(2)
            color: "#262E39"
            height: words.implicitHeight + Theme.px(36)
            radius: Theme.px(16)
            width: cases.width

            Column {
                id: words

                spacing: Theme.px(6)
                width: parent.width - Theme.px(48)
                x: Theme.px(24)
                y: Theme.px(18)

                Row {
                    spacing: Theme.px(12)
                    width: parent.width

                    Icon {
                        id: sign

                        color: card.mark
                        name: card.stands === "doubt" ? "clock" : card.stands === "paid" ? "check" : "close"
                        size: Theme.px(34)
                    }

                    Label {
                        color: card.mark
                        font.weight: Font.DemiBold
                        text: card.title
                        width: parent.width - sign.width - parent.spacing
                        wrapMode: Text.Wrap
                    }
                }

                Label {
                    color: "#FFFFFF"
                    font.pixelSize: Theme.line
                    font.weight: Font.DemiBold
                    objectName: "caseSum-" + card.key
                    text: card.sum
                    width: parent.width
                    wrapMode: Text.Wrap
                }

                Label {
                    color: "#FFFFFF"
                    font.features: {
                        "tnum": 1
                    }
                    font.pixelSize: Theme.caption
                    objectName: "caseOrder-" + card.key
                    text: card.order
                    width: parent.width
                    wrapMode: Text.Wrap
                }

                Label {
                    color: "#B4BECB"
                    font.pixelSize: Theme.caption
                    text: card.facts
                    visible: text !== ""
                    width: parent.width
                    wrapMode: Text.Wrap
                }

                Label {
                    color: "#FFC46B"
                    font.pixelSize: Theme.caption
                    font.weight: Font.Medium
                    objectName: "caseTrouble-" + card.key
                    text: card.trouble
                    visible: text !== ""
                    width: parent.width
                    wrapMode: Text.Wrap
                }
            }
        }
    }
}
