pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A member who is recognised, with what that saves and the coupons of their own; or where one says that one is a member.
Rectangle {
    id: strip

    required property LaneViewModel lane
    property bool portrait: false
    readonly property bool known: lane.member.state !== ""
    readonly property bool coupons: known && lane.member.couponCount > 0
    readonly property real wide: width - 2 * Theme.px(32)

    border.color: strip.known ? "#BFE3CF" : Theme.hairline
    border.width: Theme.px(2)
    color: strip.known ? Theme.goodSoft : Theme.card
    height: who.height + (coupons && portrait ? own.height + Theme.px(20) : 0)
    radius: Theme.px(28)

    Item {
        id: who

        height: Math.max(Theme.px(strip.known ? 120 : 100), words.implicitHeight + Theme.px(32))
        width: strip.coupons && !strip.portrait ? Math.round(strip.width * 0.52) : strip.width

        Icon {
            id: sign

            anchors.left: parent.left
            anchors.leftMargin: Theme.px(32)
            anchors.verticalCenter: parent.verticalCenter
            color: strip.known ? Theme.good : Theme.ink2
            name: "member"
            size: Theme.px(strip.known ? 60 : 48)
        }

        Column {
            id: words

            anchors.left: sign.right
            anchors.leftMargin: Theme.px(24)
            anchors.right: leave.left
            anchors.rightMargin: Theme.px(12)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(2)

            Row {
                spacing: Theme.px(20)
                width: parent.width

                Label {
                    id: title

                    color: strip.known ? Theme.good : Theme.ink
                    font.pixelSize: Theme.px(strip.known ? 34 : 30)
                    font.weight: strip.known ? Font.DemiBold : Font.Medium
                    objectName: "memberTitle"
                    text: strip.known ? strip.lane.member.title : qsTrId("member.have_code")
                    width: Math.min(implicitWidth, parent.width)
                    wrapMode: Text.Wrap
                }

                Label {
                    anchors.baseline: title.baseline
                    color: Theme.saving
                    font.pixelSize: Theme.px(32)
                    font.weight: Font.Bold
                    objectName: "memberSaving"
                    text: strip.lane.member.saving
                    visible: strip.known && text !== "" && fits
                    readonly property bool fits: title.implicitWidth + implicitWidth + Theme.px(20) <= words.width
                }
            }

            Label {
                color: Theme.saving
                font.pixelSize: Theme.px(30)
                font.weight: Font.Bold
                text: strip.lane.member.saving
                visible: strip.known && text !== "" && title.implicitWidth + implicitWidth + Theme.px(20) > words.width
                width: parent.width
            }

            Label {
                color: Theme.ink2
                font.pixelSize: Theme.px(26)
                objectName: "memberDetail"
                text: strip.lane.member.detail
                visible: strip.known && text !== ""
                width: parent.width
                wrapMode: Text.Wrap
            }
        }

        PushButton {
            id: leave

            anchors.right: parent.right
            anchors.rightMargin: Theme.px(16)
            anchors.verticalCenter: parent.verticalCenter
            height: Theme.px(80)
            objectName: strip.known ? "memberLeave" : "memberNumber"
            text: strip.known ? strip.lane.member.leaveText : qsTrId("member.number")
            textSize: Theme.px(26)
            width: implicitWidth

            onTapped: strip.known ? strip.lane.member.leave() : strip.lane.member.typeNumber()
        }
    }

    ListView {
        id: own

        boundsBehavior: Flickable.StopAtBounds
        clip: true
        height: Theme.px(100)
        model: strip.lane.member.coupons
        orientation: ListView.Horizontal
        spacing: Theme.px(12)
        visible: strip.coupons
        width: strip.portrait ? strip.wide + Theme.px(32) : strip.width - x - Theme.px(4)
        x: strip.portrait ? Theme.px(32) : who.width + Theme.px(8)
        y: strip.portrait ? who.height : Math.round((strip.height - height) / 2)

        delegate: OwnCoupon {
            height: Theme.px(100)
            lane: strip.lane
            width: own.count === 2 ? (own.width - own.spacing - Theme.px(24)) / 2 : Math.min(own.width * (own.count > 1 ? 0.62 : 0.96), Math.max(Theme.px(380), implicitWidth))
        }
    }
}
