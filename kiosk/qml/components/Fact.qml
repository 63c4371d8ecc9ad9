import QtQuick
import "../theme"

// A name and its value, at the two ends of a line.
Item {
    id: fact

    property string name: ""
    property string text: ""
    property alias valueName: value.objectName

    implicitHeight: value.implicitHeight

    Label {
        anchors.baseline: value.baseline
        anchors.left: parent.left
        anchors.right: value.left
        anchors.rightMargin: Theme.px(16)
        color: Theme.ink2
        text: fact.name
    }

    Label {
        id: value

        anchors.right: parent.right
        font.features: {
            "tnum": 1
        }
        font.pixelSize: Theme.px(46)
        font.weight: Font.DemiBold
        text: fact.text
    }
}
