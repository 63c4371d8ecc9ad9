import QtQuick
import ScanAndGo
import "../theme"

// The top of each screen: shop and lane, what is worth knowing, languages, help.
Rectangle {
    id: header

    property bool helpShown: true
    required property LaneViewModel lane

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
        spacing: Theme.px(2)

        Label {
            font.pixelSize: Theme.px(38)
            font.weight: Font.DemiBold
            text: header.lane.shopName
            width: parent.width
        }

        Row {
            spacing: Theme.px(16)

            Label {
                color: Theme.ink2
                font.pixelSize: Theme.caption
                text: header.lane.laneName
            }

            Row {
                spacing: Theme.px(6)
                visible: !header.lane.online

                Icon {
                    color: Theme.warn
                    name: "offline"
                    size: Theme.px(30)
                }

                Label {
                    color: Theme.warn
                    font.pixelSize: Theme.caption
                    text: qsTrId("common.offline")
                }
            }

            Row {
                spacing: Theme.px(6)
                visible: header.lane.listText !== ""

                Icon {
                    color: Theme.warn
                    name: "clock"
                    size: Theme.px(30)
                }

                Label {
                    color: Theme.warn
                    font.pixelSize: Theme.caption
                    text: header.lane.listText
                }
            }
        }
    }

    Row {
        id: tools

        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gutter

        LanguageSwitch {
            anchors.verticalCenter: parent.verticalCenter
            lane: header.lane
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
