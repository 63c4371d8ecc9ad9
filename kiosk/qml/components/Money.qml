import QtQuick
import "../theme"

// An amount: tabular figures, the sign smaller and raised to the figures' cap height; smaller where it has no room.
Item {
    id: money

    property color color: Theme.ink
    property alias figuresName: figures.objectName
    property real room: 0 // the widest it may be; 0: as wide as it likes
    property string sign: ""
    property int size: Theme.total
    property string text: ""
    property int weight: Font.Bold

    readonly property real natural: ruler.advanceWidth + signRuler.advanceWidth * signShare + Theme.px(6)
    readonly property real signShare: 0.52
    readonly property int shownSize: room > 0 && natural > room ? Math.floor(size * room / natural) : size

    implicitHeight: figures.implicitHeight
    implicitWidth: symbol.width + Theme.px(6) + figures.width

    TextMetrics {
        id: ruler

        font.family: Theme.family
        font.pixelSize: money.size
        font.weight: money.weight
        text: money.text
    }

    TextMetrics {
        id: signRuler

        font.family: Theme.family
        font.pixelSize: money.size
        font.weight: Font.DemiBold
        text: money.sign
    }

    Label {
        id: symbol

        color: money.color
        font.pixelSize: Math.round(money.shownSize * money.signShare)
        font.weight: Font.DemiBold
        text: money.sign
        y: figures.y + figures.baselineOffset - Math.round(money.shownSize * 0.733) - baselineOffset + Math.round(font.pixelSize * 0.733)
    }

    Label {
        id: figures

        anchors.left: symbol.right
        anchors.leftMargin: Theme.px(6)
        color: money.color
        font.features: {
            "tnum": 1
        }
        font.pixelSize: money.shownSize
        font.weight: money.weight
        text: money.text
    }
}
