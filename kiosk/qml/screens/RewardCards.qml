pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// What the sale brought: a card each, what can be touched first. Nothing here has to be waited for.
Item {
    id: rewards

    property bool centred: false // few cards stand in the middle of their room
    required property LaneViewModel lane

    Flickable {
        id: flick

        anchors.fill: parent
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentHeight: cards.height

        Column {
            id: cards

            spacing: Theme.px(12)
            width: flick.width
            y: rewards.centred ? Math.max(0, Math.round((flick.height - height) / 2)) : 0

            ParkingCard {
                lane: rewards.lane
                visible: rewards.lane.parking.state !== ""
                width: cards.width
            }

            Repeater {
                model: rewards.lane.rewards.cards

                RewardCard {
                    width: cards.width
                }
            }
        }
    }

    // More than fits: it fades, so that nobody takes the last card seen for the last one.
    Rectangle {
        anchors.bottom: parent.bottom
        height: Theme.px(60)
        visible: !flick.atYEnd
        width: parent.width

        gradient: Gradient {
            GradientStop {
                color: "#00F6F7F9"
                position: 0
            }

            GradientStop {
                color: Theme.surface
                position: 0.9
            }
        }
    }

    ScrollMark {
        marked: flick
    }
}
