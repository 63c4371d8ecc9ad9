import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// One way to pay. A wallet's code is listened for already and looks so; any other begins by a touch.
Rectangle {
    id: card

    required property bool available
    required property real budget
    required property string hint
    required property LaneViewModel lane
    required property string name
    required property string presents
    required property string saving
    required property string way
    required property string why
    required property string without
    readonly property bool listening: presents === "shopper_code" && available
    readonly property bool roomy: budget >= Theme.px(352)
    readonly property bool tight: budget < Theme.px(256)
    readonly property bool tiny: budget < Theme.px(160)

    Accessible.description: available ? hint : why
    Accessible.name: name
    Accessible.onPressAction: card.begin()
    Accessible.role: Accessible.Button
    border.color: listening ? Theme.brand : Theme.hairline
    border.width: Theme.px(listening ? 4 : 2)
    color: listening ? Theme.brandSoft : area.pressed ? Theme.pressed : Theme.card
    enabled: available
    height: Math.max(tight ? Math.min(budget, Theme.px(216)) : Theme.px(listening ? (roomy ? 440 : 284) : roomy ? 264 : 216), words.implicitHeight + Theme.px(tight ? 32 : roomy ? 64 : 44))
    objectName: "way-" + way
    radius: Theme.px(28)

    function begin(): void {
        if (card.listening)
            card.lane.touched();
        else
            card.lane.chooseWay(card.way);
    }

    Rectangle {
        id: disc

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(36)
        anchors.verticalCenter: parent.verticalCenter
        color: card.listening ? Theme.brand : card.available ? Theme.waitSoft : Theme.pressed
        height: width
        radius: width / 2
        width: card.tight ? Math.min(Theme.px(100), card.height - Theme.px(16)) : Theme.px(card.listening ? (card.roomy ? 236 : 188) : 128)

        Icon {
            anchors.centerIn: parent
            color: card.listening ? Theme.brandInk : card.available ? Theme.wait : "#8B94A1"
            name: card.presents === "terminal" ? "card" : "phone"
            size: parent.width * 0.56
            stroke: 1.8
        }
    }

    Column {
        id: words

        anchors.left: disc.right
        anchors.leftMargin: Theme.px(36)
        anchors.right: chevron.visible ? chevron.left : parent.right
        anchors.rightMargin: Theme.px(24)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(card.tight ? 2 : 8)

        Label {
            color: card.available ? Theme.ink : Theme.ink2
            font.pixelSize: Theme.px(card.tight ? 40 : card.listening ? 48 : 42)
            font.weight: Font.DemiBold
            text: card.name
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.wait
            font.pixelSize: Theme.line
            font.weight: Font.DemiBold
            text: qsTrId("pay.touch")
            visible: card.available && !card.listening && !card.tight
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: card.available ? Theme.ink2 : Theme.warn
            font.pixelSize: card.tight ? Theme.body : Theme.line
            text: card.available ? card.hint : card.why
            visible: (!card.tiny || card.listening || !card.available) && (card.roomy || card.listening || card.saving + card.without === "")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.saving
            font.pixelSize: Theme.px(card.tight ? 28 : 32)
            font.weight: Font.DemiBold
            objectName: "way-" + card.way + "-saving"
            text: card.saving
            visible: text !== ""
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.warn
            font.pixelSize: Theme.px(card.tight ? 26 : 30)
            font.weight: Font.DemiBold
            objectName: "way-" + card.way + "-without"
            text: card.without
            visible: text !== ""
            width: parent.width
            wrapMode: Text.Wrap
        }

        Row {
            spacing: Theme.px(12)
            topPadding: Theme.px(card.tight ? 2 : 10)
            visible: card.listening && !card.tiny

            Icon {
                color: Theme.good
                name: "check"
                size: Theme.px(40)
                stroke: 2.6
            }

            Label {
                color: Theme.good
                font.weight: Font.DemiBold
                height: Theme.px(40)
                text: qsTrId("pay.no_touch")
            }
        }
    }

    Icon {
        id: chevron

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(32)
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.wait
        mirror: true
        name: "back"
        size: Theme.px(56)
        visible: card.available && !card.listening
    }

    MouseArea {
        id: area

        anchors.fill: parent

        onClicked: card.begin()
    }
}
