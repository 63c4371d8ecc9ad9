import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Goods on the lane's scale: weight and price as they come, what to do next, and one touch to take them.
Sheet {
    id: sheet

    required property LaneViewModel lane
    readonly property bool done: standing === "ready"
    readonly property bool gone: standing === "lost"
    readonly property color inkOfState: done ? Theme.good : calm ? Theme.wait : Theme.warn
    readonly property color softOfState: done ? Theme.goodSoft : calm ? Theme.waitSoft : Theme.warnSoft
    readonly property string standing: weigh.state

    // What the shopper has only to do or to wait for; the rest is out of the ordinary.
    readonly property bool calm: standing === "empty" || standing === "settling"
    readonly property WeighViewModel weigh: lane.weigh

    title: weigh.name
    wantedHeight: column.implicitHeight + Theme.px(120) + Theme.margin
    wantedWidth: Theme.px(1160)

    onClosed: sheet.weigh.stop()

    Column {
        id: column

        spacing: Theme.px(28)
        width: parent.width

        Item {
            height: Theme.px(sheet.portrait ? 220 : 168)
            width: parent.width

            ShopPicture {
                id: picture

                address: sheet.weigh.picture
                height: parent.height
                initial: sheet.weigh.name.charAt(0)
                width: height
            }

            Column {
                anchors.left: picture.right
                anchors.leftMargin: Theme.margin
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.px(14)

                Label {
                    font.features: {
                        "tnum": 1
                    }
                    font.pixelSize: Theme.px(48)
                    font.weight: Font.Bold
                    objectName: "weighUnitPrice"
                    text: sheet.weigh.unitPrice
                    width: parent.width
                }

                Label {
                    color: Theme.ink2
                    font.pixelSize: Theme.line
                    objectName: "weighTare"
                    text: sheet.weigh.tareText
                    visible: text !== ""
                    width: parent.width
                    wrapMode: Text.Wrap
                }
            }
        }

        Rectangle {
            id: display

            border.color: sheet.done ? Theme.good : Theme.hairline
            border.width: Theme.px(sheet.done ? 4 : 2)
            color: Theme.surface
            height: Theme.px(240)
            radius: Theme.radius
            width: parent.width

            Row {
                id: shown

                readonly property bool faint: !sheet.done && sheet.standing !== "empty"

                anchors.left: parent.left
                anchors.leftMargin: Theme.px(44)
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.px(16)

                Label {
                    id: figures

                    color: shown.faint ? "#8B94A1" : Theme.ink
                    font.features: {
                        "tnum": 1
                    }
                    font.pixelSize: Theme.px(148)
                    font.weight: Font.Bold
                    objectName: "weighFigures"
                    text: sheet.weigh.figures
                }

                Label {
                    anchors.baseline: figures.baseline
                    color: shown.faint ? "#8B94A1" : Theme.ink2
                    font.pixelSize: Theme.px(60)
                    font.weight: Font.Medium
                    text: "kg"
                }
            }

            Money {
                anchors.right: parent.right
                anchors.rightMargin: Theme.px(44)
                anchors.verticalCenter: parent.verticalCenter
                color: sheet.done ? Theme.ink : "#8B94A1"
                figuresName: "weighPrice"
                room: parent.width - shown.width - Theme.px(140)
                sign: sheet.weigh.sign
                size: Theme.px(92)
                text: sheet.weigh.price
                visible: text !== ""
            }
        }

        Rectangle {
            color: sheet.softOfState
            height: Theme.px(112)
            radius: Theme.radius
            width: parent.width

            Icon {
                id: sign

                anchors.left: parent.left
                anchors.leftMargin: Theme.px(32)
                anchors.verticalCenter: parent.verticalCenter
                color: sheet.inkOfState
                name: sheet.done ? "check" : sheet.standing === "settling" ? "clock" : sheet.calm ? "weigh" : "alert"
                size: Theme.px(56)
            }

            Label {
                anchors.left: sign.right
                anchors.leftMargin: Theme.px(24)
                anchors.right: parent.right
                anchors.rightMargin: Theme.px(32)
                anchors.verticalCenter: parent.verticalCenter
                color: sheet.inkOfState
                font.pixelSize: Theme.px(36)
                font.weight: Font.DemiBold
                fontSizeMode: Text.Fit
                height: parent.height - Theme.px(12)
                maximumLineCount: 2
                minimumPixelSize: Theme.body
                objectName: "weighAdvice"
                text: sheet.weigh.advice
                wrapMode: Text.Wrap
            }
        }

        Row {
            id: acts

            readonly property bool both: sheet.gone || sheet.standing === "left"

            spacing: Theme.gutter
            width: parent.width

            PushButton {
                height: Theme.px(120)
                objectName: "weighOther"
                text: sheet.gone ? qsTrId("weigh.leave") : qsTrId("weigh.all_new")
                textSize: Theme.px(36)
                visible: acts.both
                width: (parent.width - parent.spacing) / 2

                onTapped: sheet.gone ? sheet.weigh.stop() : sheet.weigh.allNew()
            }

            PushButton {
                enabled: sheet.done || sheet.gone
                main: true
                objectName: "weighTake"
                text: sheet.gone ? qsTrId("weigh.ask") : qsTrId("weigh.take")
                width: acts.both ? (parent.width - parent.spacing) / 2 : parent.width

                onTapped: sheet.gone ? sheet.lane.callHelp() : sheet.weigh.take()
            }
        }
    }
}
