import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// One line of the basket: picture, name and what it is, how many, what it costs; a problem is put right here.
Item {
    id: row

    required property string ageText
    required property bool countable
    required property string detail
    property bool fresh: false
    required property string initial
    required property LaneViewModel lane
    required property string listPrice
    required property string name
    required property int number
    required property string picture
    required property string price
    required property string problem
    required property string problemText
    required property int quantity
    required property string saving

    readonly property bool wide: width >= Theme.px(960)

    height: Math.max(Theme.px(148), words.implicitHeight + Theme.px(36))

    Rectangle {
        anchors.bottomMargin: Theme.px(6)
        anchors.fill: parent
        anchors.topMargin: Theme.px(6)
        border.color: row.problem !== "" ? "#E9B949" : row.fresh ? Theme.brand : Theme.hairline
        border.width: Theme.px(row.problem !== "" || row.fresh ? 3 : 2)
        color: row.problem !== "" ? Theme.warnSoft : Theme.card
        radius: Theme.radius
    }

    ShopPicture {
        id: picture

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.px(96)
        initial: row.initial
        address: row.picture
        visible: row.problem === ""
        width: height
    }

    Icon {
        anchors.centerIn: picture
        color: Theme.warn
        name: "alert"
        size: Theme.px(60)
        visible: row.problem !== ""
    }

    Column {
        id: words

        anchors.left: picture.right
        anchors.leftMargin: Theme.px(22)
        anchors.right: steps.left
        anchors.rightMargin: Theme.px(16)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(4)

        Label {
            font.pixelSize: Theme.line
            font.weight: Font.Medium
            maximumLineCount: 2
            objectName: "line-" + row.number + "-name"
            text: row.problem === "" ? row.name : row.problemText
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.px(26)
            text: row.detail
            width: parent.width
        }

        Rectangle {
            color: Theme.savingSoft
            height: offer.implicitHeight + Theme.px(8)
            radius: Theme.px(8)
            visible: row.saving !== ""
            width: Math.min(parent.width, offer.implicitWidth + Theme.px(24))

            Label {
                id: offer

                anchors.centerIn: parent
                color: Theme.saving
                font.pixelSize: Theme.caption
                font.weight: Font.Medium
                text: row.saving
                width: Math.min(implicitWidth, words.width - Theme.px(24))
            }
        }

        Row {
            spacing: Theme.px(8)
            visible: row.ageText !== ""

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.wait
                name: "badge"
                size: Theme.px(30)
            }

            Label {
                color: Theme.wait
                font.pixelSize: Theme.caption
                text: row.ageText
                width: Math.min(implicitWidth, words.width - Theme.px(38))
            }
        }
    }

    Row {
        id: steps

        anchors.right: money.left
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(2)

        PushButton {
            Accessible.name: qsTrId("basket.less")
            enabled: row.quantity > 1
            height: Theme.target
            icon: "minus"
            objectName: "line-" + row.number + "-minus"
            opacity: enabled ? 1 : 0.35
            quiet: true
            visible: row.countable
            width: Theme.px(84)

            onTapped: row.lane.setQuantity(row.number, row.quantity - 1)
        }

        Label {
            anchors.verticalCenter: parent.verticalCenter
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.px(36)
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            objectName: "line-" + row.number + "-quantity"
            text: row.quantity
            visible: row.countable
            width: Theme.px(52)
        }

        PushButton {
            Accessible.name: qsTrId("basket.more")
            height: Theme.target
            icon: "plus"
            objectName: "line-" + row.number + "-plus"
            quiet: true
            visible: row.countable
            width: Theme.px(84)

            onTapped: row.lane.setQuantity(row.number, row.quantity + 1)
        }

        PushButton {
            height: Theme.target
            icon: "help"
            objectName: "line-" + row.number + "-staff"
            text: qsTrId("basket.ask_staff")
            textSize: Theme.px(27)
            visible: row.problem !== "" && row.wide

            onTapped: row.lane.callHelp()
        }
    }

    Column {
        id: money

        anchors.right: bin.left
        anchors.verticalCenter: parent.verticalCenter
        visible: row.problem === ""
        width: row.problem === "" ? Theme.px(188) : 0

        Label {
            anchors.right: parent.right
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.px(36)
            font.weight: Font.DemiBold
            fontSizeMode: Text.HorizontalFit // "NT$12,345.00" is wider than its column
            horizontalAlignment: Text.AlignRight
            minimumPixelSize: Theme.caption
            objectName: "line-" + row.number + "-price"
            text: row.price
            width: parent.width
        }

        Label {
            anchors.right: parent.right
            color: Theme.ink2
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.caption
            font.strikeout: true
            text: row.listPrice
            visible: row.listPrice !== ""
        }
    }

    PushButton {
        id: bin

        Accessible.name: qsTrId("basket.remove")
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(row.problem !== "" ? 16 : 8)
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.target
        icon: row.problem !== "" ? "" : "trash"
        objectName: "line-" + row.number + "-remove"
        quiet: row.problem === ""
        text: row.problem !== "" ? qsTrId("basket.put_back") : ""
        textSize: Theme.px(27)
        width: row.problem !== "" ? implicitWidth : Theme.px(88)

        onTapped: row.lane.removeLine(row.number)
    }
}
