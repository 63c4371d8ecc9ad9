import QtQuick
import ScanAndGo

// Shows its screen while the lane is on it. At once: fading a whole screen costs a software renderer 60 ms a frame.
Item {
    id: host

    required property LaneViewModel lane
    required property list<string> names

    enabled: host.names.includes(lane.screen)
    visible: enabled
}
