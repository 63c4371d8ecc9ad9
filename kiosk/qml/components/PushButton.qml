import QtQuick
import "../theme"

// A button: the one main act of a screen (`main`), a plain one, or one of stop. Answers touch only, never a key.
Rectangle {
    id: button

    property string icon: ""
    property bool main: false
    property bool quiet: false
    property bool soft: false // a plain one without a frame, set off by its ground
    property int textSize: main ? Theme.px(40) : Theme.body
    property string text: ""
    property bool vertical: false
    property color accent: Theme.brand

    signal tapped

    readonly property color face: main ? accent : quiet ? "transparent" : soft ? Theme.pressed : Theme.card
    // What the word does not get. From the word's natural width, not from the laid-out content: that would be a loop.
    readonly property int spare: Theme.px(56) + (icon === "" || vertical ? 0 : sign.width + Theme.px(16))
    readonly property color inkColor: !enabled ? (main ? "#646E7C" : "#8B94A1") : main ? Theme.brandInk : Theme.ink

    Accessible.name: text
    Accessible.onPressAction: button.tapped()
    Accessible.role: Accessible.Button
    border.color: main || quiet || soft ? "transparent" : Theme.hairline
    border.width: main || quiet || soft ? 0 : Theme.px(2)
    color: !enabled && main ? "#DDE2E9" : area.pressed ? (main ? Qt.darker(accent, 1.18) : soft ? Theme.hairline : Theme.pressed) : face
    implicitHeight: main ? Theme.px(120) : vertical ? Theme.px(150) : Theme.target
    implicitWidth: word.implicitWidth + spare
    radius: Theme.radius

    Grid {
        id: content

        anchors.centerIn: parent
        columns: button.vertical || button.icon === "" || button.text === "" ? 1 : 2
        horizontalItemAlignment: Grid.AlignHCenter
        spacing: Theme.px(button.vertical ? 8 : 16)
        verticalItemAlignment: Grid.AlignVCenter

        Icon {
            id: sign

            color: button.inkColor
            name: button.icon
            size: Theme.px(button.main ? 52 : 42)
            visible: button.icon !== ""
        }

        Label {
            id: word

            color: button.inkColor
            font.pixelSize: button.textSize
            font.weight: button.main ? Font.DemiBold : Font.Medium
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 0.95
            maximumLineCount: 2
            text: button.text
            visible: button.text !== ""
            width: Math.max(0, Math.min(implicitWidth, button.width - button.spare + Theme.px(24)))
            wrapMode: Text.Wrap
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent

        onClicked: button.tapped()
    }
}
