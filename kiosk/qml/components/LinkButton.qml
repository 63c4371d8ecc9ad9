import QtQuick
import "../theme"

// A further act that needs no weight: a word with a line below it, large enough for a thumb.
Item {
    id: link

    property alias color: word.color
    property string text: ""
    property alias textSize: word.font.pixelSize

    signal tapped

    Accessible.name: text
    Accessible.onPressAction: link.tapped()
    Accessible.role: Accessible.Button
    height: Theme.px(76)
    implicitWidth: word.implicitWidth + Theme.px(40)
    width: implicitWidth

    Label {
        id: word

        anchors.centerIn: parent
        color: area.pressed ? Theme.ink : Theme.wait
        font.pixelSize: Theme.px(26)
        font.underline: true
        font.weight: Font.Medium
        text: link.text
    }

    MouseArea {
        id: area

        anchors.fill: parent

        onClicked: link.tapped()
    }
}
