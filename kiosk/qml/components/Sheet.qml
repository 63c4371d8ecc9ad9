import QtQuick
import "../theme"

// A card over the basket, which stays in sight; closed by its cross or by what it is for.
Item {
    id: sheet

    default property alias content: inner.data
    property string title: ""
    property real wantedHeight: Theme.px(1200)
    property real wantedWidth: Theme.px(1000)

    signal closed

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
        anchors.bottom: parent.bottom
        anchors.bottomMargin: sheet.height > sheet.width ? 0 : (sheet.height - height) / 2
        anchors.horizontalCenter: parent.horizontalCenter
        color: Theme.card
        height: Math.min(sheet.wantedHeight, parent.height - Theme.px(60))
        radius: Theme.px(32)
        width: sheet.height > sheet.width ? parent.width : Math.min(sheet.wantedWidth, parent.width - Theme.px(120))

        MouseArea {
            anchors.fill: parent
        }

        Label {
            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: cross.left
            font.pixelSize: Theme.px(44)
            font.weight: Font.DemiBold
            height: Theme.px(120)
            text: sheet.title
        }

        PushButton {
            id: cross

            Accessible.name: qsTrId("common.close")
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(16)
            anchors.top: parent.top
            anchors.topMargin: Theme.px(12)
            height: Theme.target
            icon: "close"
            objectName: "closeSheet"
            quiet: true
            width: Theme.target

            onTapped: sheet.closed()
        }

        Item {
            id: inner

            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.margin
            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            anchors.top: parent.top
            anchors.topMargin: Theme.px(120)
        }
    }
}
