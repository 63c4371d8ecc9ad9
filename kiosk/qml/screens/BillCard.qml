pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The bill: lines in short, what the offers took off by name, the tax contained, the total at its foot.
Rectangle {
    id: bill

    required property LaneViewModel lane
    readonly property real rest: height - Theme.px(350) // beside heading, total and two lines of goods

    border.color: Theme.hairline
    border.width: Theme.px(2)
    color: Theme.card
    radius: Theme.px(28)

    Item {
        id: heading

        anchors.left: parent.left
        anchors.margins: Theme.px(32)
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: Theme.px(20)
        height: Theme.px(64)

        Label {
            anchors.left: parent.left
            anchors.right: pieces.left
            anchors.verticalCenter: parent.verticalCenter
            font.pixelSize: Theme.line
            font.weight: Font.DemiBold
            text: qsTrId("pay.bill")
        }

        Label {
            id: pieces

            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.ink2
            font.pixelSize: Theme.px(28)
            text: bill.lane.basket.piecesText
        }
    }

    ListView {
        id: list

        anchors.bottom: savings.top
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(32)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(32)
        anchors.top: heading.bottom
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        model: bill.lane.pay.bill

        delegate: Item {
            id: row

            required property string detail
            required property string name
            required property string price

            height: Math.max(Theme.px(58), goods.implicitHeight + Theme.px(14))
            width: ListView.view.width

            Label {
                id: goods

                anchors.left: parent.left
                anchors.right: weight.left
                anchors.rightMargin: Theme.px(12)
                anchors.verticalCenter: parent.verticalCenter
                maximumLineCount: 2
                text: row.name
                wrapMode: Text.Wrap
            }

            Label {
                id: weight

                anchors.right: amount.left
                anchors.rightMargin: Theme.px(20)
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.ink2
                font.pixelSize: Theme.px(26)
                text: row.detail
            }

            Label {
                id: amount

                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                font.features: {
                    "tnum": 1
                }
                text: row.price
            }
        }
    }

    // More lines than fit: they fade, so that nobody takes the last one seen for the last one.
    Rectangle {
        anchors.bottom: list.bottom
        anchors.left: list.left
        anchors.right: list.right
        height: Theme.px(70)
        visible: !list.atYEnd

        gradient: Gradient {
            GradientStop {
                color: "#00FFFFFF"
                position: 0
            }

            GradientStop {
                color: Theme.card
                position: 0.9
            }
        }
    }

    Column {
        id: savings

        anchors.bottom: total.top
        anchors.left: parent.left
        anchors.margins: Theme.px(32)
        anchors.bottomMargin: Theme.px(8)
        anchors.right: parent.right
        spacing: Theme.px(4)

        Item {
            height: Theme.px(13)
            width: parent.width

            Rectangle {
                color: Theme.hairline
                height: Theme.px(2)
                width: parent.width
            }
        }

        Repeater {
            id: offers

            model: bill.lane.pay.savings

            BillSum {
                required amount
                required name

                color: Theme.saving
                visible: bill.rest >= Theme.px(44) * offers.count // their sum stands at the total
                weight: Font.Medium
                width: savings.width
            }
        }

        Repeater {
            id: taxes

            model: bill.lane.pay.tax

            BillSum {
                id: part

                required amount
                required property string text

                color: Theme.ink2
                name: part.text
                visible: bill.rest >= Theme.px(44) * offers.count + Theme.px(40) * taxes.count // the receipt has it, too
                size: Theme.caption
                width: savings.width
            }
        }
    }

    Rectangle {
        id: total

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(2)
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(2)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(2)
        bottomLeftRadius: Theme.px(26)
        bottomRightRadius: Theme.px(26)
        color: "#F1F4F7"
        height: Theme.px(136)

        Column {
            anchors.left: parent.left
            anchors.leftMargin: Theme.px(32)
            anchors.verticalCenter: parent.verticalCenter

            Label {
                font.pixelSize: Theme.px(38)
                font.weight: Font.DemiBold
                text: qsTrId("pay.total")
            }

            Label {
                color: Theme.saving
                font.pixelSize: Theme.px(28)
                font.weight: Font.Medium
                objectName: "paySaved"
                text: bill.lane.basket.savedText
                visible: text !== ""
            }
        }

        Money {
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(32)
            anchors.verticalCenter: parent.verticalCenter
            figuresName: "payTotal"
            sign: bill.lane.pay.sign
            size: Theme.px(76)
            text: bill.lane.pay.amountText
        }
    }
}
