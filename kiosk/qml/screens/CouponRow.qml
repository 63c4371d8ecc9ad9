import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// What is off the whole basket; a coupon that was shown says what it is for, and how to take it back.
Item {
    id: row

    required property string amount
    required property string code
    required property LaneViewModel lane
    required property string text
    required property bool used

    height: Math.max(Theme.px(row.code === "" ? 96 : 132), words.implicitHeight + Theme.px(40))

    Rectangle {
        anchors.bottomMargin: Theme.px(6)
        anchors.fill: parent
        anchors.topMargin: Theme.px(6)
        border.color: Theme.hairline
        border.width: Theme.px(2)
        color: row.used ? Theme.savingSoft : Theme.card
        radius: Theme.radius
    }

    Icon {
        id: sign

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(52)
        anchors.verticalCenter: parent.verticalCenter
        color: row.used ? Theme.saving : Theme.ink2
        name: "tag"
        size: Theme.px(52)
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: Theme.px(44)
        anchors.right: figures.left
        anchors.rightMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(4)

        Label {
            color: row.used ? Theme.saving : Theme.ink2
            font.pixelSize: Theme.body
            font.weight: Font.Medium
            maximumLineCount: 3
            objectName: "coupon-" + row.code + "-text"
            text: row.text
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.caption
            text: qsTrId("basket.coupon") + " " + row.code
            visible: row.code !== ""
            width: parent.width
            wrapMode: Text.WrapAnywhere
        }
    }

    Label {
        id: figures

        anchors.right: bin.left
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.saving
        font.features: {
            "tnum": 1
        }
        font.pixelSize: Theme.px(34)
        font.weight: Font.Bold
        objectName: "coupon-" + row.code + "-amount"
        text: row.amount
    }

    PushButton {
        id: bin

        Accessible.name: qsTrId("basket.remove") + " " + row.code
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.target
        icon: "trash"
        objectName: "coupon-" + row.code + "-remove"
        quiet: true
        visible: row.code !== ""
        width: Theme.px(88)

        onTapped: row.lane.withdrawCoupon(row.code)
    }
}
