pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// One line of the basket: picture, name and what it is, how many, what it costs; a problem is put right here. Where the list
// is narrow, the price stands above the quantity, so that the name keeps its room.
Item {
    id: row

    required property string ageText
    required property bool countable
    required property string detail
    property bool fresh: false
    required property string initial
    required property LaneViewModel lane
    required property string listPrice
    required property string lowest
    required property string name
    required property int number
    required property string picture
    required property string price
    required property string problem
    required property string problemText
    required property int quantity
    required property var savings

    readonly property bool puzzling: problem !== ""
    readonly property bool stacked: width < Theme.px(1100) && !puzzling
    readonly property real wordsEnd: stacked ? money.x : puzzling || countable ? steps.x : money.x

    height: Math.max(Theme.px(stacked ? 200 : 152), words.implicitHeight + Theme.px(40))

    Rectangle {
        anchors.bottomMargin: Theme.px(6)
        anchors.fill: parent
        anchors.topMargin: Theme.px(6)
        border.color: row.puzzling ? "#E9B949" : row.fresh ? Theme.brand : Theme.hairline
        border.width: Theme.px(row.puzzling || row.fresh ? 4 : 2)
        color: row.puzzling ? Theme.warnSoft : Theme.card
        radius: Theme.radius
    }

    ShopPicture {
        id: picture

        address: row.picture
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(24)
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.px(row.stacked ? 120 : 100)
        initial: row.initial
        visible: !row.puzzling
        width: height
    }

    Icon {
        anchors.centerIn: picture
        color: Theme.warn
        name: "alert"
        size: Theme.px(60)
        visible: row.puzzling
    }

    Column {
        id: words

        anchors.left: picture.right
        anchors.leftMargin: Theme.gutter
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(4)
        width: row.wordsEnd - x - Theme.px(20)

        Label {
            font.pixelSize: Theme.line
            font.weight: Font.Medium
            maximumLineCount: row.stacked ? 3 : 2
            objectName: "line-" + row.number + "-name"
            text: row.puzzling ? row.problemText : row.name
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

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.caption
            objectName: "line-" + row.number + "-lowest"
            text: row.lowest
            visible: text !== ""
            width: parent.width
            wrapMode: Text.Wrap
        }

        Repeater {
            model: row.savings

            SavingChip {
                required property int index
                required property var modelData

                amount: modelData.amount
                objectName: "line-" + row.number + "-saving-" + index
                offer: modelData.text
                room: words.width
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
                font.weight: Font.Medium
                text: row.ageText
                width: Math.min(implicitWidth, words.width - Theme.px(38))
            }
        }
    }

    Row {
        id: steps

        spacing: Theme.px(row.puzzling ? 12 : 0)
        x: (row.stacked || row.puzzling ? bin.x : money.x) - width - Theme.px(12)
        y: row.stacked ? bin.y : Math.round((row.height - height) / 2)

        PushButton {
            Accessible.name: qsTrId("basket.less")
            enabled: row.quantity > 1
            height: Theme.target
            icon: "minus"
            objectName: "line-" + row.number + "-minus"
            opacity: enabled ? 1 : 0.35
            soft: true
            visible: row.countable
            width: Theme.px(92)

            onTapped: row.lane.setQuantity(row.number, row.quantity - 1)
        }

        Label {
            Accessible.name: qsTrId("quantity.hint") + " " + row.quantity
            Accessible.role: Accessible.Button
            anchors.verticalCenter: parent.verticalCenter
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.px(38)
            font.weight: Font.Bold
            height: Theme.target
            horizontalAlignment: Text.AlignHCenter
            objectName: "line-" + row.number + "-quantity"
            text: row.quantity
            visible: row.countable
            width: Theme.px(76)

            MouseArea {
                anchors.fill: parent

                onClicked: row.lane.openQuantity(row.number)
            }
        }

        PushButton {
            Accessible.name: qsTrId("basket.more")
            height: Theme.target
            icon: "plus"
            objectName: "line-" + row.number + "-plus"
            soft: true
            visible: row.countable
            width: Theme.px(92)

            onTapped: row.lane.setQuantity(row.number, row.quantity + 1)
        }

        PushButton {
            height: Theme.target
            icon: "help"
            objectName: "line-" + row.number + "-staff"
            text: qsTrId("basket.ask_staff")
            textSize: Theme.px(27)
            visible: row.puzzling

            onTapped: row.lane.callHelp()
        }
    }

    Item {
        id: money

        height: was.visible && !row.stacked ? was.y + was.height : now.height
        visible: !row.puzzling
        width: Theme.px(row.stacked ? 356 : 196)
        x: row.stacked ? row.width - width - Theme.px(32) : bin.x - width
        y: row.stacked ? Theme.px(20) : Math.round((row.height - height) / 2)

        Label {
            id: now

            anchors.right: parent.right
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.px(38)
            font.weight: Font.Bold
            fontSizeMode: Text.HorizontalFit // "NT$12,345.00" is wider than its column
            horizontalAlignment: Text.AlignRight
            minimumPixelSize: Theme.caption
            objectName: "line-" + row.number + "-price"
            text: row.price
            width: parent.width - (row.stacked && was.visible ? was.width + Theme.px(14) : 0)
        }

        Label {
            id: was

            color: Theme.ink2
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.caption
            font.strikeout: true
            text: row.listPrice
            visible: row.listPrice !== ""
            x: parent.width - width - (row.stacked ? now.paintedWidth + Theme.px(14) : 0)
            y: row.stacked ? now.baselineOffset - baselineOffset : now.height - Theme.px(4)
        }
    }

    PushButton {
        id: bin

        Accessible.name: qsTrId("basket.remove")
        height: Theme.target
        icon: row.puzzling ? "" : "trash"
        objectName: "line-" + row.number + "-remove"
        quiet: !row.puzzling
        text: row.puzzling ? qsTrId("basket.put_back") : ""
        textSize: Theme.px(27)
        width: row.puzzling ? implicitWidth : Theme.px(88)
        x: row.width - width - Theme.px(row.puzzling ? 20 : 12)
        y: row.stacked ? row.height - height - Theme.px(20) : Math.round((row.height - height) / 2)

        onTapped: row.lane.removeLine(row.number)
    }
}
