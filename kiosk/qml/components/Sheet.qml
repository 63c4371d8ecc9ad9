import QtQuick
import "../theme"

// A card over the basket, which stays in sight; closed by its cross or by what it is for. From below within reach where the
// screen is tall, in the middle where it is wide.
Item {
    id: sheet

    default property alias content: inner.data
    property bool deeper: false // it shows one of its things: a step back is offered
    readonly property bool portrait: height > width
    property string title: ""
    property real wantedHeight: Theme.px(1200)
    property real wantedWidth: Theme.px(1000)

    signal closed
    signal wentBack

    anchors.fill: parent

    Rectangle {
        anchors.fill: parent
        color: "#14181F"
        opacity: 0.45
    }

    MouseArea {
        anchors.fill: parent

        onClicked: sheet.closed()
    }

    Rectangle {
        id: card

        color: Theme.card
        height: Math.min(sheet.wantedHeight, sheet.height - Theme.px(48)) + (sheet.portrait ? radius : 0) // its lower corners lie off the screen
        radius: Theme.px(32)
        width: sheet.portrait ? sheet.width : Math.min(sheet.wantedWidth, sheet.width - Theme.px(120))
        x: Math.round((sheet.width - width) / 2)
        y: sheet.portrait ? sheet.height - height + radius : Math.round((sheet.height - height) / 2)

        MouseArea {
            anchors.fill: parent
        }

        PushButton {
            id: back

            Accessible.name: qsTrId("common.back")
            height: Theme.target
            icon: "back"
            objectName: "backSheet"
            quiet: true
            visible: sheet.deeper
            width: Theme.target
            x: Theme.px(16)
            y: Theme.px(12)

            onTapped: sheet.wentBack()
        }

        Label {
            anchors.left: sheet.deeper ? back.right : parent.left
            anchors.leftMargin: sheet.deeper ? Theme.px(8) : Theme.margin
            anchors.right: cross.left
            font.pixelSize: Theme.px(44)
            font.weight: Font.Bold
            fontSizeMode: Text.Fit
            height: Theme.px(108)
            maximumLineCount: 2
            minimumPixelSize: Theme.body
            text: sheet.title
            wrapMode: Text.Wrap
            y: Theme.px(6)
        }

        PushButton {
            id: cross

            Accessible.name: qsTrId("common.close")
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(16)
            height: Theme.target
            icon: "close"
            objectName: "closeSheet"
            quiet: true
            width: Theme.target
            y: Theme.px(12)

            onTapped: sheet.closed()
        }

        Item {
            id: inner

            height: Math.min(sheet.wantedHeight, sheet.height - Theme.px(48)) - y - Theme.margin
            width: parent.width - 2 * Theme.margin
            x: Theme.margin
            y: Theme.px(120)
        }
    }
}
