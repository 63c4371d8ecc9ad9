import QtQuick
import "../theme"

// One of a few answers of the same weight; the one chosen is marked.
Rectangle {
    id: choice

    property bool chosen: false
    property bool compact: false
    property string icon: ""
    property string text: ""
    property bool weak: false // it can be had, but not now

    signal tapped

    Accessible.checked: chosen
    Accessible.name: text
    Accessible.onPressAction: choice.tapped()
    Accessible.role: Accessible.RadioButton
    border.color: chosen ? Theme.brand : Theme.hairline
    border.width: Theme.px(chosen ? 4 : 2)
    color: chosen ? Theme.brandSoft : area.pressed ? Theme.pressed : weak ? Theme.surface : Theme.card
    height: Theme.px(compact ? 142 : 190)
    radius: Theme.radius

    Column {
        anchors.centerIn: parent
        spacing: Theme.px(choice.compact ? 8 : 16)
        width: parent.width - Theme.px(24)

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            color: choice.chosen ? Theme.brand : choice.weak ? Theme.ink2 : Theme.ink
            name: choice.icon
            size: Theme.px(choice.compact ? 52 : 68)
            stroke: 1.7
        }

        Label {
            color: choice.chosen ? Theme.brand : choice.weak ? Theme.ink2 : Theme.ink
            font.pixelSize: choice.width < Theme.px(220) ? Theme.px(25) : Theme.body
            font.weight: Font.Medium
            horizontalAlignment: Text.AlignHCenter
            maximumLineCount: 2
            text: choice.text
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent

        onClicked: choice.tapped()
    }
}
