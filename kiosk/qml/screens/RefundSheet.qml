import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Money back by receipt: which one, what of it, why, and what became of it. For attendants; it lies over their panel.
Sheet {
    id: sheet

    readonly property bool choosing: stage === "choose"
    required property LaneViewModel lane
    readonly property RefundViewModel refund: lane.refund
    readonly property string stage: refund.stage

    title: refund.title
    wantedHeight: choosing ? Theme.px(portrait ? 1720 : 1000) : (stage === "ask" ? ask.implicitHeight : word.implicitHeight) + Theme.px(120) + Theme.margin
    wantedWidth: Theme.px(choosing ? 1680 : 980)

    onClosed: sheet.refund.close()

    RefundAsk {
        id: ask

        refund: sheet.refund
        visible: sheet.stage === "ask"
        width: parent.width
    }

    RefundChoice {
        anchors.fill: parent
        portrait: sheet.portrait
        refund: sheet.refund
        visible: sheet.choosing
    }

    RefundWord {
        id: word

        refund: sheet.refund
        visible: !sheet.choosing && sheet.stage !== "ask"
        width: parent.width
    }
}
