pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Carrier bags: one touch each.
Sheet {
    id: sheet

    required property LaneViewModel lane

    title: qsTrId("basket.bags_title")
    wantedHeight: Theme.px(620)
    wantedWidth: Theme.px(920)

    onClosed: sheet.lane.closeSheet()

    Row {
        id: bags

        anchors.centerIn: parent
        spacing: Theme.gutter

        Repeater {
            model: sheet.lane.loose.bags

            Rectangle {
                id: bag

                required property string initial
                required property string name
                required property string picture
                required property string price
                required property string sku

                Accessible.name: name + " " + price
                Accessible.role: Accessible.Button
                border.color: Theme.hairline
                border.width: Theme.px(2)
                color: touch.pressed ? Theme.pressed : Theme.card
                height: Theme.px(400)
                objectName: "bag-" + sku
                radius: Theme.radius
                width: Theme.px(360)

                ShopPicture {
                    anchors.horizontalCenter: parent.horizontalCenter
                    anchors.top: parent.top
                    anchors.topMargin: Theme.px(30)
                    height: Theme.px(200)
                    initial: bag.initial
                    address: bag.picture
                    width: height
                }

                Label {
                    anchors.bottom: cost.top
                    anchors.horizontalCenter: parent.horizontalCenter
                    font.pixelSize: Theme.line
                    font.weight: Font.Medium
                    horizontalAlignment: Text.AlignHCenter
                    text: bag.name
                    width: parent.width - Theme.px(24)
                }

                Label {
                    id: cost

                    anchors.bottom: parent.bottom
                    anchors.bottomMargin: Theme.px(26)
                    anchors.horizontalCenter: parent.horizontalCenter
                    color: Theme.ink2
                    text: bag.price
                }

                MouseArea {
                    id: touch

                    anchors.fill: parent

                    onClicked: sheet.lane.addLoose(bag.sku, 1)
                }
            }
        }
    }
}
