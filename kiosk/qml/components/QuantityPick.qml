import QtQuick
import ScanAndGo
import "../theme"

// How many of the goods picked by picture; weighed goods are sent to the counter instead.
Item {
    id: pick

    required property LooseViewModel loose
    property int quantity: 1
    readonly property bool weighed: loose.pickedWeighed

    signal leave
    signal picked(sku: string, quantity: int)

    implicitHeight: column.implicitHeight

    onVisibleChanged: pick.quantity = 1

    Column {
        id: column

        anchors.centerIn: parent
        spacing: Theme.px(32)
        width: Math.min(parent.width, Theme.px(760))

        ShopPicture {
            address: pick.loose.pickedPicture
            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.px(300)
            initial: pick.loose.pickedName.charAt(0)
            width: height
        }

        Label {
            anchors.horizontalCenter: parent.horizontalCenter
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.px(44)
            font.weight: Font.Bold
            text: pick.loose.pickedPrice
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.gutter
            visible: !pick.weighed

            PushButton {
                Accessible.name: qsTrId("basket.less")
                enabled: pick.quantity > 1
                height: Theme.px(120)
                icon: "minus"
                objectName: "quantityMinus"
                opacity: enabled ? 1 : 0.4
                soft: true
                width: Theme.px(160)

                onTapped: pick.quantity -= 1
            }

            Label {
                anchors.verticalCenter: parent.verticalCenter
                font.features: {
                    "tnum": 1
                }
                font.pixelSize: Theme.px(88)
                font.weight: Font.Bold
                horizontalAlignment: Text.AlignHCenter
                objectName: "quantityText"
                text: pick.quantity
                width: Theme.px(160)
            }

            PushButton {
                Accessible.name: qsTrId("basket.more")
                enabled: pick.quantity < 99
                height: Theme.px(120)
                icon: "plus"
                objectName: "quantityPlus"
                soft: true
                width: Theme.px(160)

                onTapped: pick.quantity += 1
            }
        }

        PushButton {
            main: true
            objectName: "quantityAdd"
            text: qsTrId("quantity.add")
            visible: !pick.weighed
            width: parent.width

            onTapped: pick.picked(pick.loose.pickedSku, pick.quantity)
        }

        Rectangle {
            border.color: "#F2DDA8"
            border.width: Theme.px(2)
            color: Theme.warnSoft
            height: word.implicitHeight + Theme.px(64)
            radius: Theme.radius
            visible: pick.weighed
            width: parent.width

            Icon {
                id: weighs

                anchors.left: parent.left
                anchors.leftMargin: Theme.px(32)
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.warn
                name: "weigh"
                size: Theme.px(72)
            }

            Label {
                id: word

                anchors.left: weighs.right
                anchors.leftMargin: Theme.gutter
                anchors.right: parent.right
                anchors.rightMargin: Theme.px(32)
                anchors.verticalCenter: parent.verticalCenter
                font.pixelSize: Theme.px(36)
                font.weight: Font.Medium
                text: qsTrId("quantity.weigh")
                wrapMode: Text.Wrap
            }
        }

        PushButton {
            main: true
            objectName: "pickOther"
            text: qsTrId("quantity.other")
            visible: pick.weighed
            width: parent.width

            onTapped: pick.leave()
        }
    }
}
