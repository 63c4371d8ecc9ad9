import QtQuick
import "../theme"

// A short fact under the shop's name that a shopper may want to know: no connection, prices of when.
Row {
    id: fact

    property alias icon: sign.name
    property alias text: word.text

    spacing: Theme.px(8)

    Icon {
        id: sign

        anchors.verticalCenter: parent.verticalCenter
        color: Theme.warn
        size: Theme.px(28)
    }

    Label {
        id: word

        color: Theme.warn
        font.pixelSize: Theme.caption
        font.weight: Font.Medium
    }
}
