import QtQuick
import "../theme"

// The one large sign of a screen: what to do, or how it went.
Rectangle {
    id: sign

    property color accent: Theme.wait
    property string name: ""
    property color soft: Theme.waitSoft

    color: soft
    height: width
    radius: width / 2
    width: Theme.px(260)

    Icon {
        anchors.centerIn: parent
        color: sign.accent
        name: sign.name
        size: Math.round(sign.width * 0.56)
        stroke: 1.6
    }
}
