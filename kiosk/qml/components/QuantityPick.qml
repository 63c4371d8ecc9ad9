import QtQuick
import ScanAndGo
import "../theme"

// How many of the goods picked by picture; weighed goods are sent to the counter instead.
Item {
    id: pick

    required property LooseViewModel loose
    property int quantity: 1
    readonly property bool weighed: loose.pickedWeighed

    signal picked(sku: string, quantity: int)

    onVisibleChanged: pick.quantity = 1

    Column {
        anchors.centerIn: parent
        spacing: Theme.px(36)
        width: Math.min(parent.width, Theme.px(760))

        ShopPicture {
            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.px(280)
            initial: pick.loose.pickedName.charAt(0)
            address: pick.loose.pickedPicture
            width: height
        }

        Label {
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.ink2
            font.pixelSize: Theme.px(38)
            text: pick.loose.pickedPrice
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(28)
            visible: !pick.weighed

            PushButton {
                Accessible.name: qsTrId("basket.less")
                enabled: pick.quantity > 1
                height: Theme.px(120)
                icon: "minus"
                objectName: "quantityMinus"
                opacity: enabled ? 1 : 0.4
                width: Theme.px(140)

                onTapped: pick.quantity -= 1
            }

            Label {
                anchors.verticalCenter: parent.verticalCenter
                font.features: {
                    "tnum": 1
                }
                font.pixelSize: Theme.px(84)
                font.weight: Font.Bold
                horizontalAlignment: Text.AlignHCenter
                objectName: "quantityText"
                text: pick.quantity
                width: Theme.px(150)
            }

            PushButton {
                Accessible.name: qsTrId("basket.more")
                enabled: pick.quantity < 99
                height: Theme.px(120)
                icon: "plus"
                objectName: "quantityPlus"
                width: Theme.px(140)

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

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(20)
            visible: pick.weighed

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.warn
                name: "weigh"
                size: Theme.px(64)
            }

            Label {
                anchors.verticalCenter: parent.verticalCenter
                font.pixelSize: Theme.px(34)
                text: qsTrId("quantity.weigh")
                width: Theme.px(620)
                wrapMode: Text.Wrap
            }
        }
    }
}
