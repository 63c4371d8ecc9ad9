pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Paid: a large good sign, the sum, the receipt in the form the shopper likes, and the goods are not forgotten.
Rectangle {
    id: screen

    required property LaneViewModel lane
    readonly property bool portrait: height > width
    readonly property bool rewarded: lane.rewards.shown

    color: Theme.surface

    Header {
        id: header

        lane: screen.lane
        width: parent.width
    }

    DoneSums {
        id: result

        compact: screen.portrait && screen.rewarded
        height: screen.portrait ? Theme.px(screen.rewarded ? 316 : 800) : parent.height - (pageCard.visible ? Theme.margin + pageCard.height : Theme.px(40)) - y
        lane: screen.lane
        narrow: !screen.portrait && screen.rewarded
        width: screen.portrait ? (pageCard.visible ? pageCard.x - Theme.gutter : parent.width - Theme.margin) - x : screen.rewarded ? Theme.px(440) : Math.round((parent.width - 3 * Theme.margin) / 2)
        x: Theme.margin
        y: header.height
    }

    PageCard {
        id: pageCard

        hinted: !screen.portrait
        page: screen.lane.rewards.page
        visible: screen.rewarded && pageCard.page !== ""
        width: screen.portrait ? Theme.px(316) : result.width
        x: screen.portrait ? parent.width - width - Theme.margin : Theme.margin
        y: screen.portrait ? Math.round(result.y + (result.height - height) / 2) : parent.height - Theme.margin - height
    }

    RewardCards {
        height: (screen.portrait ? receipt.y - Theme.gutter : parent.height - Theme.margin) - y
        lane: screen.lane
        centred: !screen.portrait
        visible: screen.rewarded
        width: screen.portrait ? leave.width : Theme.px(660)
        x: screen.portrait ? result.x : result.x + result.width + Theme.margin
        y: screen.portrait ? result.y + result.height : header.height + Theme.px(32)
    }

    ReceiptCard {
        id: receipt

        height: leave.y - Theme.px(32) - y
        lane: screen.lane
        width: leave.width
        x: leave.x
        y: !screen.portrait ? header.height + Theme.px(32) : screen.rewarded ? leave.y - Theme.px(32 + (lane.done.receipt === "code" ? 600 : 420)) : result.y + result.height
    }

    Column {
        id: leave

        spacing: Theme.px(28)
        width: parent.width - x - Theme.margin
        x: screen.portrait ? Theme.margin : result.x + result.width + Theme.margin + (screen.rewarded ? Theme.px(660) + Theme.margin : 0)
        y: parent.height - Theme.margin - height

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(16)

            Icon {
                color: Theme.ink
                name: "bag"
                size: Theme.px(52)
            }

            Label {
                font.pixelSize: Theme.px(screen.rewarded && !screen.portrait ? 32 : 38)
                font.weight: Font.DemiBold
                height: Theme.px(52)
                text: qsTrId("done.goods")
            }
        }

        PushButton {
            main: true
            objectName: "finishButton"
            text: qsTrId("done.finish")
            width: parent.width

            onTapped: screen.lane.finish()
        }
    }

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
        visible: screen.lane.sheet === "plate"

        sourceComponent: PlateSheet {
            lane: screen.lane
        }
    }

    Loader {
        anchors.fill: sheetArea
        asynchronous: true // made ready beforehand: opening it must not hold up the screen
        visible: screen.lane.sheet === "ticket"

        sourceComponent: TicketSheet {
            lane: screen.lane
        }
    }
}
