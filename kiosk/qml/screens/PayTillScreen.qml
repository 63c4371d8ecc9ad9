import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// To be paid at a till with staff: the code that holds the basket, as large as the screen allows, and its number.
Rectangle {
    id: screen

    required property LaneViewModel lane
    readonly property bool portrait: height > width

    color: Theme.surface

    Header {
        id: header

        lane: screen.lane
        width: parent.width
    }

    PayCode {
        id: code

        code: screen.lane.handed.code
        height: screen.portrait ? Math.min(parent.width - 2 * Theme.margin, words.y - y - Theme.px(40)) : parent.height - y - Theme.margin
        x: screen.portrait ? Math.round((parent.width - width) / 2) : Theme.margin
        y: screen.portrait ? heading.y + heading.height + Theme.px(40) : header.height + Theme.px(32)
    }

    Column {
        id: heading

        spacing: Theme.px(20)
        width: screen.portrait ? parent.width - 2 * Theme.margin : words.width
        x: words.x
        y: header.height + Theme.px(screen.portrait ? 40 : 56)

        Label {
            font.pixelSize: Theme.px(60)
            font.weight: Font.Bold
            objectName: "toTillTitle"
            text: qsTrId("to_till.title")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(34)
            text: screen.lane.handed.hintText
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Column {
        id: words

        spacing: Theme.px(28)
        width: parent.width - x - Theme.margin
        x: screen.portrait ? Theme.margin : code.x + code.width + Theme.px(64)
        y: parent.height - Theme.margin - height

        Row {
            spacing: Theme.px(16)
            visible: screen.lane.handed.slipText !== ""
            width: parent.width

            Icon {
                id: paper

                color: Theme.ink2
                name: "printer"
                size: Theme.px(42)
            }

            Label {
                color: Theme.ink2
                font.pixelSize: Theme.body
                text: screen.lane.handed.slipText
                width: parent.width - paper.width - parent.spacing
                wrapMode: Text.Wrap
            }
        }

        Rectangle {
            border.color: Theme.hairline
            border.width: Theme.px(2)
            color: Theme.card
            height: facts.implicitHeight + Theme.px(64)
            radius: Theme.radius
            width: parent.width

            Row {
                id: facts

                anchors.left: parent.left
                anchors.margins: Theme.px(36)
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.gutter

                Column {
                    spacing: Theme.px(4)
                    width: (parent.width - parent.spacing) / 2

                    Label {
                        color: Theme.ink2
                        text: qsTrId("to_till.number")
                        width: parent.width
                    }

                    Label {
                        font.features: {
                            "tnum": 1
                        }
                        font.pixelSize: Theme.px(68)
                        font.weight: Font.Bold
                        fontSizeMode: Text.HorizontalFit
                        minimumPixelSize: Theme.body
                        objectName: "handedNumber"
                        text: screen.lane.handed.numberText
                        width: parent.width
                    }
                }

                Column {
                    spacing: Theme.px(4)
                    width: (parent.width - parent.spacing) / 2

                    Label {
                        color: Theme.ink2
                        text: qsTrId("to_till.total") + " · " + screen.lane.handed.piecesText
                        width: parent.width
                    }

                    Money {
                        figuresName: "handedTotal"
                        room: parent.width
                        sign: screen.lane.handed.sign
                        size: Theme.px(68)
                        text: screen.lane.handed.totalText
                    }
                }
            }
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.caption
            horizontalAlignment: Text.AlignHCenter
            text: screen.lane.handed.leavesText
            width: parent.width
            wrapMode: Text.Wrap
        }

        PushButton {
            main: true
            objectName: "toTillDone"
            text: qsTrId("to_till.done")
            width: parent.width

            onTapped: screen.lane.finish()
        }
    }
}
