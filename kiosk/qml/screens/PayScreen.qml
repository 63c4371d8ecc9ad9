pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// What is to be paid and how: the bill beside the ways, of which a wallet's code needs no touch at all.
Rectangle {
    id: screen

    required property LaneViewModel lane
    readonly property bool portrait: height > width
    // What each way may take of the height: all of them are to be in sight, below a refusal as well.
    readonly property real budget: (foot.y + (portrait ? -Theme.gutter - Theme.px(strips.visible ? 440 : 500) : foot.height) - header.height - Theme.px(32) - stripRoom - above) / Math.max(1, list.count) - Theme.gutter
    // After a refusal the other ways come first: where they would not all be in sight, the offer waits until it is read.
    readonly property bool offered: lane.join.offered && !(lane.pay.declined && list.count > (portrait ? 3 : 2))
    readonly property bool cramped: strips.visible && lane.pay.declined && list.count > 2
    readonly property real stripRoom: strips.visible ? strips.height + Theme.gutter : 0
    readonly property real above: (refusal.visible ? refusal.height + Theme.gutter : 0) + choose.height * choose.visible + none.height * none.visible + (till.visible ? till.height + Theme.gutter : 0) + Theme.gutter

    color: Theme.surface

    Header {
        id: header

        lane: screen.lane
        width: parent.width
    }

    BillCard {
        id: bill

        height: (screen.portrait ? ways.y - screen.stripRoom - Theme.px(32) : foot.y - Theme.gutter) - y
        lane: screen.lane
        width: screen.portrait ? parent.width - 2 * Theme.margin : Math.round((parent.width - 3 * Theme.margin) * 0.46)
        x: Theme.margin
        y: header.height + (screen.portrait ? Theme.px(32) : strips.visible ? Theme.gutter + screen.stripRoom : Theme.px(32))
    }

    // Membership: over both columns where the screen is wide, between bill and ways where it is tall.
    Column {
        id: strips

        spacing: Theme.px(16)
        visible: screen.offered || member.wanted
        width: parent.width - 2 * Theme.margin
        x: Theme.margin
        y: screen.portrait ? ways.y - screen.stripRoom : header.height + Theme.gutter

        MemberStrip {
            id: member

            readonly property bool wanted: screen.lane.member.state !== "" || (screen.lane.member.asks && !screen.lane.join.offered)

            lane: screen.lane
            portrait: screen.portrait
            visible: wanted
            width: parent.width
        }

        JoinStrip {
            id: join

            lane: screen.lane
            portrait: screen.portrait
            recognised: screen.lane.member.state !== ""
            visible: screen.offered
            width: parent.width
        }
    }

    Column {
        id: ways

        spacing: Theme.gutter
        width: parent.width - x - Theme.margin
        x: screen.portrait ? Theme.margin : bill.x + bill.width + Theme.margin
        y: screen.portrait ? foot.y - Theme.gutter - height : bill.y

        DeclineCard {
            id: refusal

            lane: screen.lane
            visible: screen.lane.pay.declined
            width: parent.width
        }

        Label {
            id: choose

            font.pixelSize: Theme.px(44)
            font.weight: Font.DemiBold
            text: qsTrId("pay.choose")
            visible: screen.lane.pay.openWays > 0 && !screen.cramped
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            id: none

            color: Theme.warn
            font.pixelSize: Theme.line
            font.weight: Font.Medium
            objectName: "noWayText"
            text: qsTrId("pay.no_way")
            visible: screen.lane.pay.openWays === 0 && !till.visible
            width: parent.width
            wrapMode: Text.Wrap
        }

        TillCard {
            id: till

            lane: screen.lane
            visible: screen.lane.rung === "pay_at_till"
            width: parent.width
        }

        Repeater {
            id: list

            model: screen.lane.pay.ways

            WayCard {
                budget: till.visible ? Math.min(screen.budget, Theme.px(156)) : screen.portrait ? Math.min(screen.budget, Theme.px(351)) : screen.budget
                lane: screen.lane
                width: ways.width
            }
        }
    }

    PushButton {
        id: foot

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.margin
        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        height: Theme.px(108)
        icon: "back"
        objectName: "backToBasket"
        text: qsTrId("pay.back")
        width: screen.portrait ? parent.width - 2 * Theme.margin : bill.width

        onTapped: screen.lane.backToBasket()
    }

    // Help and languages stay within reach while a sheet is open.
    Item {
        id: sheetArea

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: header.bottom
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.sheet === "joining"

        sourceComponent: JoinSheet {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.phone.step !== ""

        sourceComponent: PhoneSheet {
            phone: screen.lane.phone
        }
    }
}
