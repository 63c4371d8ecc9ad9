pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The receipt's lines to choose from, and beside them (below them, where the screen is tall) reason, sum and the one act.
Item {
    id: choice

    readonly property real beside: portrait ? width : Theme.px(560)
    property bool portrait: false
    required property RefundViewModel refund

    Item {
        id: head

        height: Theme.px(112)
        width: choice.portrait ? parent.width : parent.width - choice.beside - Theme.margin

        Label {
            color: Theme.ink2
            elide: Text.ElideRight
            font.pixelSize: Theme.caption
            objectName: "refundSold"
            text: choice.refund.sold
            width: all.x - Theme.gutter
        }

        Label {
            elide: Text.ElideRight
            font.pixelSize: Theme.line
            font.weight: Font.DemiBold
            objectName: "refundLeft"
            text: choice.refund.left
            width: all.x - Theme.gutter
            y: Theme.px(44)
        }

        PushButton {
            id: all

            anchors.right: parent.right
            icon: choice.refund.whole ? "close" : "check"
            objectName: "refundWhole"
            soft: true
            text: choice.refund.whole ? qsTrId("refund.none") : qsTrId("refund.whole")
            width: Theme.px(300)

            onTapped: choice.refund.chooseAll()
        }
    }

    ListView {
        id: list

        anchors.left: head.left
        anchors.right: head.right
        anchors.top: head.bottom
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        height: choice.portrait ? foot.y - y - Theme.gutter : parent.height - y
        model: choice.refund.lines
        objectName: "refundLines"

        delegate: RefundLine {
            refund: choice.refund
            width: list.width
        }
    }

    Column {
        id: foot

        anchors.bottom: parent.bottom
        anchors.right: parent.right
        spacing: Theme.px(20)
        width: choice.beside

        Label {
            color: Theme.ink2
            font.weight: Font.Medium
            text: qsTrId("refund.why")
        }

        Flow {
            id: reasons

            spacing: Theme.px(12)
            width: parent.width

            Repeater {
                model: choice.refund.reasons

                PushButton {
                    id: reason

                    readonly property bool chosen: choice.refund.why === modelData
                    required property string modelData

                    accent: Theme.wait
                    icon: chosen ? "check" : ""
                    implicitHeight: Theme.target
                    main: chosen
                    objectName: "refundWhy-" + modelData
                    text: qsTrId("refund.why_" + modelData)
                    textSize: Theme.body
                    width: (reasons.width - reasons.spacing) / 2

                    onTapped: choice.refund.giveReason(reason.modelData)
                }
            }
        }

        Rectangle {
            color: Theme.hairline
            height: Theme.px(2)
            width: parent.width
        }

        Item {
            height: Theme.px(136)
            width: parent.width

            Label {
                color: Theme.ink2
                text: qsTrId("refund.sum")
            }

            Label {
                color: Theme.ink2
                elide: Text.ElideRight
                font.pixelSize: Theme.caption
                maximumLineCount: 2
                objectName: "refundTo"
                text: choice.refund.to
                width: parent.width - sum.width - Theme.gutter
                wrapMode: Text.Wrap
                y: Theme.px(48)
            }

            Money {
                id: sum

                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                figuresName: "refundSum"
                room: parent.width * 0.62
                sign: choice.refund.sign
                size: Theme.total
                text: choice.refund.amount
            }
        }

        PushButton {
            accent: Theme.stop
            enabled: choice.refund.canConfirm
            main: true
            objectName: "refundConfirm"
            text: choice.refund.canConfirm ? choice.refund.act : qsTrId("refund.choose_first")
            width: parent.width

            onTapped: choice.refund.confirm()
        }
    }
}
