import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The offer to join with this payment: its answers are of one size, paying beside it needs none of them.
Rectangle {
    id: strip

    required property LaneViewModel lane
    property bool portrait: false
    property bool recognised: false // their strip lies above: nobody has to be asked for a code
    readonly property bool several: lane.join.ownText !== ""
    readonly property int answers: several ? 3 : 2
    readonly property real each: portrait ? (width - 2 * Theme.px(32) - (answers - 1) * Theme.px(16)) / answers : Theme.px(several ? 252 : 300)

    border.color: "#F3CFC6"
    border.width: Theme.px(2)
    color: Theme.savingSoft
    height: portrait ? words.height + choices.height + links.height + Theme.px(24 + 18 + 8 + 8) : Math.max(words.height + links.height + Theme.px(22), choices.height + Theme.px(48))
    radius: Theme.px(28)

    Column {
        id: words

        spacing: Theme.px(4)
        width: (strip.portrait ? strip.width : choices.x) - x - Theme.px(32)
        x: Theme.px(32)
        y: Theme.px(strip.portrait ? 24 : 16)

        Label {
            color: Theme.saving
            font.pixelSize: Theme.px(38)
            font.weight: Font.Bold
            objectName: "joinTitle"
            text: strip.lane.join.title
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            font.pixelSize: Theme.px(26)
            objectName: "joinTerms"
            text: strip.lane.join.terms
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Row {
        id: choices

        spacing: Theme.px(16)
        x: strip.portrait ? Theme.px(32) : strip.width - width - Theme.px(32)
        y: strip.portrait ? words.y + words.height + Theme.px(18) : Math.round((strip.height - height) / 2)

        PushButton {
            height: Theme.px(116)
            objectName: "joinYes"
            text: strip.lane.join.yesText
            textSize: Theme.px(strip.several ? 30 : 34)
            width: strip.each

            onTapped: strip.lane.join.joinAll()
        }

        PushButton {
            height: Theme.px(116)
            objectName: "joinOwn"
            text: strip.lane.join.ownText
            textSize: Theme.px(30)
            visible: strip.several
            width: strip.each

            onTapped: strip.lane.join.joinOwn()
        }

        PushButton {
            height: Theme.px(116)
            objectName: "joinNo"
            text: qsTrId("join.no")
            textSize: Theme.px(strip.several ? 30 : 34)
            width: strip.each

            onTapped: strip.lane.join.refuse()
        }
    }

    Row {
        id: links

        spacing: Theme.px(8)
        x: Theme.px(32 - 20)
        y: strip.height - height - Theme.px(strip.portrait ? 8 : 6)

        LinkButton {
            objectName: "joinRead"
            text: qsTrId("join.read")

            onTapped: strip.lane.openSheet("joining")
        }

        LinkButton {
            objectName: "joinNumber"
            text: qsTrId("member.have")
            visible: !strip.recognised

            onTapped: strip.lane.member.typeNumber()
        }
    }
}
