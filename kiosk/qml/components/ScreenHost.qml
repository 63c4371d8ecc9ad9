import QtQuick
import ScanAndGo
import "../theme"

// Shows its screen while the lane is on it, with a short fade.
Item {
    id: host

    required property LaneViewModel lane
    required property list<string> names

    enabled: host.names.includes(lane.screen)
    opacity: enabled ? 1 : 0
    visible: opacity > 0

    Behavior on opacity {
        NumberAnimation {
            duration: Theme.motion
            easing.type: Easing.OutQuad
        }
    }
}
