pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// The lines of the basket, the changed one in sight; without any, how to begin.
ListView {
    id: list

    required property LaneViewModel lane
    property bool shown: true
    property bool following: false // the changed line is kept in sight until a hand moves the list

    boundsBehavior: Flickable.StopAtBounds
    cacheBuffer: Theme.px(600)
    clip: true
    model: list.lane.basket.lines
    reuseItems: true
    topMargin: Theme.px(14)

    add: Transition {
        NumberAnimation {
            duration: Theme.motion
            easing.type: Easing.OutQuad
            from: Theme.px(120)
            property: "x"
            to: 0
        }
    }
    delegate: LineRow {
        fresh: number === list.lane.basket.changedLine && list.lane.basket.lines !== null
        lane: list.lane
        width: ListView.view.width
    }
    // Below no lines it is none of the list's: Qt leaves a footer where it was when all lines above it have gone.
    footer: list.count > 0 ? offers : null
    displaced: Transition {
        NumberAnimation {
            duration: Theme.motion
            properties: "x,y"
        }
    }

    onContentHeightChanged: if (following)
        positionTimer.restart()
    onHeightChanged: if (following)
        positionTimer.restart()
    onMovementStarted: {
        following = false;
        list.lane.touched();
    }

    Connections {
        function onChangeSerialChanged() {
            list.following = true;
            positionTimer.restart();
        }

        target: list.lane.basket
    }

    Timer {
        id: positionTimer

        interval: 1

        onTriggered: {
            const row = list.lane.basket.changedRow;
            if (list.lane.basket.couponCame || row === list.count - 1)
                list.positionViewAtEnd();
            else if (row >= 0)
                list.positionViewAtIndex(row, ListView.Contain);
        }
    }

    Component {
        id: offers

        Column {
            width: list.width

            Repeater {
                model: list.lane.basket.coupons

                CouponRow {
                    lane: list.lane
                    width: list.width
                }
            }
        }
    }

    Loader {
        id: first

        active: list.count === 0
        parent: list
        sourceComponent: offers
        y: Theme.px(14)
    }

    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: first.height / 2
        spacing: Theme.px(28)
        visible: list.count === 0
        width: parent.width * 0.8

        ScanPicture {
            anchors.horizontalCenter: parent.horizontalCenter
            height: width * 0.78
            visible: first.height + Theme.px(640) <= list.height
            running: list.shown && list.count === 0
            width: Theme.px(420)
        }

        Label {
            font.pixelSize: Theme.px(46)
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            text: qsTrId("basket.empty_title")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.ink2
            horizontalAlignment: Text.AlignHCenter
            text: qsTrId("basket.empty_text")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
