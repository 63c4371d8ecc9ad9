import QtQuick
import "../theme"

// An amount: tabular figures, the sign smaller and raised to the figures' cap height.
Item {
    id: money

    property color color: Theme.ink
    property alias figuresName: figures.objectName
    property string sign: ""
    property int size: Theme.total
    property string text: ""
    property int weight: Font.Bold

    implicitHeight: figures.implicitHeight
    implicitWidth: symbol.width + Theme.px(6) + figures.width

    Label {
        id: symbol

        color: money.color
        font.pixelSize: Math.round(money.size * 0.52)
        font.weight: Font.DemiBold
        text: money.sign
        y: figures.y + figures.baselineOffset - Math.round(money.size * 0.733) - baselineOffset + Math.round(font.pixelSize * 0.733)
    }

    Label {
        id: figures

        anchors.left: symbol.right
        anchors.leftMargin: Theme.px(6)
        color: money.color
        font.features: {
            "tnum": 1
        }
        font.pixelSize: money.size
        font.weight: money.weight
        text: money.text
    }
}
