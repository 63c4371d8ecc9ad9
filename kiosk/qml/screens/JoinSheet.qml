pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// What joining agrees to, word for word; each consent by itself, none of them ticked.
Sheet {
    id: sheet

    required property LaneViewModel lane

    title: qsTrId("join.sheet")
    wantedHeight: hint.implicitHeight + list.contentHeight + answers.height + Theme.px(120 + 20 + 24) + Theme.margin
    wantedWidth: Theme.px(1520)

    onClosed: sheet.lane.closeSheet()

    Label {
        id: hint

        color: Theme.ink2
        font.pixelSize: Theme.px(28)
        objectName: "joinHint"
        text: qsTrId("join.hint")
        width: parent.width
        wrapMode: Text.Wrap
    }

    ListView {
        id: list

        anchors.bottom: answers.top
        anchors.bottomMargin: Theme.px(24)
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: hint.bottom
        anchors.topMargin: Theme.px(20)
        boundsBehavior: Flickable.StopAtBounds
        cacheBuffer: Theme.px(4000) // all of them: a list that guesses its length makes the sheet change size
        clip: true
        model: sheet.lane.join.asks
        objectName: "joinAsks"

        delegate: ConsentRow {
            join: sheet.lane.join
            width: ListView.view.width
        }

        section.property: "club"

        section.delegate: Label {
            required property string section

            bottomPadding: Theme.px(8)
            font.pixelSize: Theme.line
            font.weight: Font.Bold
            text: section
            topPadding: Theme.px(12)
            width: ListView.view.width
        }
    }

    ScrollMark {
        marked: list
    }

    Grid {
        id: answers

        readonly property real each: (parent.width - (columns - 1) * columnSpacing) / columns
        readonly property int shown: 1 + (wallet.visible ? 1 : 0) + (phone.visible ? 1 : 0)

        anchors.bottom: parent.bottom
        columnSpacing: Theme.px(20)
        columns: sheet.portrait && shown > 2 ? 1 : shown
        rowSpacing: Theme.px(16)

        PushButton {
            id: wallet

            enabled: sheet.lane.join.canJoin
            height: Theme.px(108)
            objectName: "joinTicked"
            text: qsTrId("join.by_wallet")
            visible: sheet.lane.join.byWallet
            width: answers.each

            onTapped: sheet.lane.join.joinTicked(false)
        }

        PushButton {
            id: phone

            enabled: sheet.lane.join.canJoin
            height: Theme.px(108)
            objectName: "joinPhone"
            text: qsTrId("join.by_phone")
            visible: sheet.lane.join.byPhone
            width: answers.each

            onTapped: sheet.lane.join.joinTicked(true)
        }

        PushButton {
            height: Theme.px(108)
            objectName: "joinRefuse"
            text: qsTrId("join.no")
            width: answers.each

            onTapped: sheet.lane.join.refuse()
        }
    }
}
