import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// One consent: what for, its text in full, and a box that the shopper alone ticks.
Item {
    id: row

    required property bool boxed
    required property string heading
    required property JoinViewModel join
    required property string key
    required property string note
    required property string text
    required property bool ticked
    required property bool usable

    Accessible.checkable: row.boxed
    Accessible.checked: row.ticked
    Accessible.description: row.text
    Accessible.name: row.heading
    Accessible.onPressAction: row.tick()
    Accessible.role: row.boxed ? Accessible.CheckBox : Accessible.StaticText
    height: Math.max(Theme.px(108), words.implicitHeight + Theme.px(36))
    objectName: "consent-" + key

    function tick(): void {
        if (row.boxed && row.usable)
            row.join.tick(row.key);
    }

    Rectangle {
        anchors.bottomMargin: Theme.px(12)
        anchors.fill: parent
        border.color: row.ticked ? Theme.brand : Theme.hairline
        border.width: Theme.px(row.ticked ? 4 : 2)
        color: row.ticked ? Theme.brandSoft : area.pressed && row.usable && row.boxed ? Theme.pressed : Theme.card
        radius: Theme.radius
    }

    Rectangle {
        id: box

        border.color: row.ticked ? Theme.brand : row.usable ? Theme.ink2 : "#C3C9D2"
        border.width: Theme.px(3)
        color: row.ticked ? Theme.brand : Theme.card
        height: width
        radius: Theme.px(10)
        visible: row.boxed
        width: Theme.px(56)
        x: Theme.px(28)
        y: Theme.px(16)

        Icon {
            anchors.centerIn: parent
            color: Theme.brandInk
            name: "check"
            size: Theme.px(44)
            stroke: 2.8
            visible: row.ticked
        }
    }

    Column {
        id: words

        spacing: Theme.px(4)
        width: row.width - x - Theme.px(28)
        x: Theme.px(row.boxed ? 112 : 28)
        y: Theme.px(12)

        Row {
            spacing: Theme.px(20)
            width: parent.width

            Label {
                id: heading

                color: row.usable ? Theme.ink : Theme.ink2
                font.pixelSize: Theme.px(30)
                font.weight: Font.DemiBold
                height: Theme.px(44)
                text: row.heading
            }

            Label {
                color: Theme.saving
                font.pixelSize: Theme.px(28)
                font.weight: Font.DemiBold
                height: Theme.px(44)
                text: row.note
                visible: text !== ""
            }
        }

        Label {
            color: row.usable ? Theme.ink : Theme.ink2
            font.pixelSize: Theme.px(26)
            lineHeight: 1.15
            objectName: "consent-" + row.key + "-text"
            text: row.text
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent

        onClicked: row.tick()
    }
}
