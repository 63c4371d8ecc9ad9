import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// How a refund stands: looked for, on its way, given, not answered, or refused; and what can be done about it.
Column {
    id: word

    readonly property bool given: stage === "given"
    readonly property color ink: given ? Theme.good : stage === "refused" ? Theme.stop : stage === "unanswered" ? Theme.warn : Theme.wait
    required property RefundViewModel refund
    readonly property color soft: given ? Theme.goodSoft : stage === "refused" ? Theme.stopSoft : stage === "unanswered" ? Theme.warnSoft : Theme.waitSoft
    readonly property string stage: refund.stage
    readonly property bool waits: stage === "looking" || stage === "working"

    spacing: Theme.px(28)

    Rectangle {
        color: word.soft
        height: Theme.px(200)
        radius: Theme.radius
        width: parent.width

        Icon {
            id: sign

            anchors.left: parent.left
            anchors.leftMargin: Theme.px(40)
            anchors.verticalCenter: parent.verticalCenter
            color: word.ink
            name: word.given ? "check" : word.stage === "refused" || word.stage === "unanswered" ? "alert" : "clock"
            size: Theme.px(84)
        }

        Label {
            anchors.left: sign.right
            anchors.leftMargin: Theme.px(32)
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(32)
            anchors.verticalCenter: parent.verticalCenter
            color: word.ink
            font.pixelSize: Theme.px(52)
            font.weight: Font.Bold
            fontSizeMode: Text.Fit
            height: parent.height - Theme.px(24)
            maximumLineCount: 3
            minimumPixelSize: Theme.line
            objectName: "refundHeadline"
            text: word.refund.headline
            wrapMode: Text.Wrap
        }
    }

    Label {
        font.pixelSize: Theme.px(36)
        objectName: "refundAdvice"
        text: word.refund.advice
        visible: text !== ""
        width: parent.width
        wrapMode: Text.Wrap
    }

    Label {
        color: Theme.ink2
        font.features: {
            "tnum": 1
        }
        objectName: "refundNumber"
        text: word.refund.number
        visible: text !== "" && !word.waits
        width: parent.width
    }

    Row {
        id: acts

        readonly property bool both: word.given && word.refund.canPrint || word.stage === "unanswered"

        spacing: Theme.gutter
        visible: !word.waits
        width: parent.width

        PushButton {
            enabled: word.stage === "unanswered" || !word.refund.printed
            height: Theme.px(120)
            icon: word.given ? "printer" : "clock"
            objectName: "refundSecond"
            text: word.given ? (word.refund.printed ? qsTrId("refund.printed") : qsTrId("refund.print")) : qsTrId("refund.ask_now")
            textSize: Theme.line
            visible: acts.both
            width: (parent.width - parent.spacing) / 2

            onTapped: word.given ? word.refund.printSlip() : word.refund.askNow()
        }

        PushButton {
            main: true
            objectName: "refundNext"
            text: word.stage === "refused" ? qsTrId("refund.another") : qsTrId("common.close")
            width: acts.both ? (parent.width - parent.spacing) / 2 : parent.width

            onTapped: word.stage === "refused" ? word.refund.another() : word.refund.close()
        }
    }
}
