import QtQuick
import ScanAndGo
import "../theme"

// The top of each screen: shop and lane, what is worth knowing, languages, help.
Rectangle {
    id: header

    property bool helpShown: true
    required property LaneViewModel lane
    property bool languagesShown: true

    color: Theme.card
    height: Theme.px(136)

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.hairline
        height: Theme.px(2)
        width: parent.width
    }

    Column {
        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.right: tools.left
        anchors.rightMargin: Theme.gutter
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: -Theme.px(1)

        Row {
            spacing: Theme.px(16)
            width: parent.width

            Label {
                id: shop

                font.pixelSize: Theme.px(38)
                font.weight: Font.Bold
                text: header.lane.shopName
                width: Math.min(implicitWidth, parent.width - till.width - parent.spacing)
            }

            Label {
                id: till

                anchors.baseline: shop.baseline
                color: Theme.ink2
                font.pixelSize: Theme.px(28)
                text: header.lane.laneName
            }
        }

        // Beside each other where there is room, else below.
        Grid {
            columnSpacing: Theme.px(20)
            columns: offline.implicitWidth + columnSpacing + asOf.implicitWidth <= parent.width ? 2 : 1

            HeaderFact {
                id: offline

                icon: "offline"
                text: header.lane.rungText !== "" ? header.lane.rungText : qsTrId("common.offline")
                visible: !header.lane.online || header.lane.rungText !== ""
            }

            HeaderFact {
                id: asOf

                icon: "clock"
                text: header.lane.listText
                visible: text !== ""
            }
        }
    }

    Row {
        id: tools

        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: -Theme.px(1)
        spacing: Theme.gutter

        LanguageSwitch {
            anchors.verticalCenter: parent.verticalCenter
            lane: header.lane
            visible: header.languagesShown
        }

        PushButton {
            accent: Theme.wait
            height: Theme.target
            icon: "help"
            main: header.lane.helpCalled
            objectName: "helpButton"
            text: qsTrId("common.help")
            textSize: Theme.body
            visible: header.helpShown

            onTapped: header.lane.callHelp()
        }
    }
}
