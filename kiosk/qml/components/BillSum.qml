import QtQuick
import "../theme"

// One sum under a bill: what it is, and how much.
Item {
    id: sum

    property color color: Theme.ink
    property string name: ""
    property string amount: ""
    property int size: Theme.px(28)
    property int weight: Font.Normal

    implicitHeight: Math.round(sum.size * 1.5)

    Label {
        anchors.left: parent.left
        anchors.right: figures.left
        anchors.rightMargin: Theme.px(16)
        anchors.verticalCenter: parent.verticalCenter
        color: sum.color
        font.pixelSize: sum.size
        font.weight: sum.weight
        text: sum.name
    }

    Label {
        id: figures

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        color: sum.color
        font.features: {
            "tnum": 1
        }
        font.pixelSize: sum.size
        font.weight: sum.weight
        text: sum.amount
    }
}
