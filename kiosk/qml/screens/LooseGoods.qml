pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Goods without a barcode: by category and picture, or by the first letters of their name, pinyin or number.
Sheet {
    id: sheet

    required property LaneViewModel lane
    readonly property bool picked: lane.loose.pickedSku !== ""

    title: picked ? lane.loose.pickedName : qsTrId("loose.title")
    deeper: picked
    wantedHeight: picked ? pick.implicitHeight + Theme.px(120) + Theme.px(72) : portrait ? Theme.px(1680) : Theme.px(1000)
    wantedWidth: Theme.px(picked ? 960 : 1720)

    onClosed: sheet.lane.closeSheet()
    onWentBack: sheet.lane.pickLoose("")

    ListView {
        id: categories

        anchors.left: parent.left
        anchors.right: goods.right
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        height: Theme.px(152)
        model: sheet.lane.loose.categories
        orientation: ListView.Horizontal
        spacing: Theme.px(16)
        visible: !sheet.picked

        delegate: Rectangle {
            id: chip

            required property string category
            required property string initial
            required property string name
            required property string picture
            readonly property bool current: sheet.lane.loose.category === category

            Accessible.name: name
            Accessible.role: Accessible.Button
            border.color: current ? Theme.brand : Theme.hairline
            border.width: Theme.px(current ? 4 : 2)
            color: current ? Theme.brandSoft : Theme.card
            height: Theme.px(144)
            objectName: "category-" + category
            radius: Theme.radius
            width: Math.max(Theme.px(190), chipName.implicitWidth + Theme.px(40))

            ShopPicture {
                anchors.horizontalCenter: parent.horizontalCenter
                anchors.top: parent.top
                anchors.topMargin: Theme.px(12)
                height: Theme.px(76)
                initial: chip.initial
                address: chip.picture
                width: height
            }

            Label {
                id: chipName

                anchors.bottom: parent.bottom
                anchors.bottomMargin: Theme.px(10)
                anchors.horizontalCenter: parent.horizontalCenter
                font.pixelSize: Theme.px(27)
                font.weight: chip.current ? Font.DemiBold : Font.Normal
                text: chip.name
            }

            MouseArea {
                anchors.fill: parent

                onClicked: sheet.lane.chooseCategory(chip.current ? "" : chip.category)
            }
        }
    }

    GridView {
        id: goods

        anchors.bottom: sheet.portrait ? pad.top : parent.bottom
        anchors.bottomMargin: sheet.portrait ? Theme.gutter : 0
        anchors.left: parent.left
        anchors.right: sheet.portrait ? parent.right : pad.left
        anchors.rightMargin: sheet.portrait ? 0 : Theme.gutter
        anchors.top: categories.bottom
        anchors.topMargin: Theme.px(20)
        boundsBehavior: Flickable.StopAtBounds
        cacheBuffer: 0
        cellHeight: Theme.px(276)
        cellWidth: width / Math.max(3, Math.floor(width / Theme.px(240)))
        clip: true
        model: sheet.lane.loose.goods
        reuseItems: true
        visible: !sheet.picked

        delegate: Item {
            id: cell

            required property string initial
            required property string name
            required property string picture
            required property string plu
            required property string price
            required property string sku
            required property bool weighed

            height: goods.cellHeight
            width: goods.cellWidth

            Rectangle {
                Accessible.name: cell.name + " " + cell.price
                Accessible.role: Accessible.Button
                anchors.fill: parent
                anchors.margins: Theme.px(7)
                border.color: Theme.hairline
                border.width: Theme.px(2)
                color: touch.pressed ? Theme.pressed : Theme.card
                objectName: "good-" + cell.sku
                radius: Theme.radius

                ShopPicture {
                    anchors.horizontalCenter: parent.horizontalCenter
                    anchors.top: parent.top
                    anchors.topMargin: Theme.px(16)
                    height: Theme.px(112)
                    initial: cell.initial
                    address: cell.picture
                    width: height
                }

                Label {
                    anchors.bottom: tag.top
                    anchors.bottomMargin: Theme.px(2)
                    anchors.horizontalCenter: parent.horizontalCenter
                    font.pixelSize: Theme.px(26)
                    font.weight: Font.Medium
                    horizontalAlignment: Text.AlignHCenter
                    lineHeight: 0.9
                    maximumLineCount: 2
                    text: cell.name
                    width: parent.width - Theme.px(16)
                    wrapMode: Text.Wrap
                }

                Label {
                    id: tag

                    anchors.bottom: parent.bottom
                    anchors.bottomMargin: Theme.px(12)
                    anchors.horizontalCenter: parent.horizontalCenter
                    color: Theme.ink2
                    font.pixelSize: Theme.px(25)
                    text: cell.price
                }

                MouseArea {
                    id: touch

                    anchors.fill: parent

                    onClicked: sheet.lane.pickLoose(cell.sku)
                }
            }
        }

        Label {
            anchors.centerIn: parent
            color: Theme.ink2
            horizontalAlignment: Text.AlignHCenter
            text: qsTrId("loose.nothing")
            visible: sheet.lane.loose.empty
            width: parent.width * 0.8
            wrapMode: Text.Wrap
        }
    }

    LetterPad {
        id: pad

        anchors.bottom: parent.bottom
        anchors.right: parent.right
        columns: sheet.portrait ? 9 : 6
        lane: sheet.lane
        visible: !sheet.picked
        width: sheet.portrait ? parent.width : Theme.px(620)
    }

    QuantityPick {
        id: pick

        anchors.fill: parent
        loose: sheet.lane.loose
        visible: sheet.picked

        onLeave: sheet.lane.pickLoose("")
        onPicked: (sku, quantity) => sheet.lane.addLoose(sku, quantity)
    }
}
