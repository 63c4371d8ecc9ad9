import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A coupon of the member's own: one touch uses it.
Rectangle {
    id: coupon

    required property string code
    required property LaneViewModel lane
    required property string text
    required property string until
    required property bool waiting

    Accessible.description: until
    Accessible.name: text
    Accessible.onPressAction: coupon.lane.member.useCoupon(coupon.code)
    Accessible.role: Accessible.Button
    border.color: Theme.saving
    border.width: Theme.px(2)
    color: area.pressed ? Theme.savingSoft : Theme.card
    enabled: !waiting
    implicitWidth: Math.max(offer.implicitWidth, validity.implicitWidth) + use.width + Theme.px(56)
    objectName: "ownCoupon-" + code
    radius: Theme.px(16)

    Column {
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.right: use.left
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter

        Label {
            id: offer

            color: Theme.saving
            font.pixelSize: Theme.px(26)
            font.weight: Font.DemiBold
            lineHeight: 0.95
            maximumLineCount: 2
            text: coupon.text
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            id: validity

            color: Theme.ink2
            font.pixelSize: Theme.caption
            text: coupon.until
            visible: text !== "" && offer.lineCount < 2
            width: parent.width
        }
    }

    Label {
        id: use

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        color: coupon.waiting ? Theme.ink2 : Theme.saving
        font.pixelSize: Theme.px(28)
        font.weight: Font.Bold
        text: coupon.waiting ? qsTrId("member.reserving") : qsTrId("member.use")
    }

    MouseArea {
        id: area

        anchors.fill: parent

        onClicked: coupon.lane.member.useCoupon(coupon.code)
    }
}
