import QtQuick
import "../theme"

// Text as all screens set it.
Text {
    color: Theme.ink
    elide: Text.ElideRight
    font.family: Theme.family
    font.pixelSize: Theme.body
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
}
