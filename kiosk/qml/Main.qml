pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Window
import ScanAndGo
import "theme"
import "components"
import "screens"

// The lane's window: the idle screen at once, the others made ready after the first frame.
Window {
    id: root

    property color brandColor: "#0B6B4E"
    property bool calm: false
    property bool fullscreen: true
    property int initialHeight: 1920
    property int initialWidth: 1080
    required property LaneViewModel lane
    property real noticeInset: 0
    property bool ready: false

    color: Theme.surface
    // By size too: without a window manager, as on a bare lane, full screen alone does not resize.
    height: fullscreen ? Screen.height : initialHeight
    title: "Scan & Go"
    visibility: fullscreen ? Window.FullScreen : Window.Windowed
    visible: true
    width: fullscreen ? Screen.width : initialWidth

    onFrameSwapped: if (!root.ready)
        root.ready = true

    Binding {
        property: "shortSide"
        target: Theme
        value: Math.min(root.width, root.height, Math.max(root.width, root.height) * 9 / 16) // squarer screens are drawn smaller
    }

    Binding {
        property: "brand"
        target: Theme
        value: root.brandColor
    }

    Binding {
        property: "calm"
        target: Theme
        value: root.calm
    }

    ScreenHost {
        anchors.fill: parent
        lane: root.lane
        names: ["idle"]

        IdleScreen {
            anchors.fill: parent
            lane: root.lane
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["basket"]

            BasketScreen {
                anchors.fill: parent
                lane: root.lane
                noticeInset: root.noticeInset
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["pay"]

            PayScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["paying"]

            PayingScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["payment_unknown"]

            PaymentUnknownScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["done"]

            DoneScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["to_till"]

            PayTillScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["no_way"]

            NoWayScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["closed"]

            ClosedScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["list_too_old"]

            ListTooOldScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: ScreenHost {
            lane: root.lane
            names: ["out_of_service"]

            OutOfServiceScreen {
                anchors.fill: parent
                lane: root.lane
            }
        }
    }

    Loader {
        active: root.ready
        anchors.fill: parent
        asynchronous: true

        sourceComponent: Item {
            HelpSheet {
                anchors.fill: parent
                lane: root.lane
                visible: root.lane.helpCalled && !root.lane.staff.open && ["idle", "basket", "pay", "done"].includes(root.lane.screen)
            }

            // On a wide pay screen it lies over the bill: over the strip it would hide what is to be touched.
            NoticeBar {
                readonly property bool overBill: root.lane.screen === "pay" && root.width > root.height && (root.lane.join.offered || root.lane.member.asks || root.lane.member.state !== "")

                lane: root.lane
                width: overBill ? Math.round((root.width - 3 * Theme.margin) * 0.46) : root.width - 2 * Theme.margin
                x: Theme.margin
                y: overBill ? Theme.px(560) : Theme.px(156)

                onInsetChanged: root.noticeInset = inset
            }

            StaffPanel {
                anchors.fill: parent
                lane: root.lane
            }

            RefundSheet {
                anchors.fill: parent
                lane: root.lane
                visible: root.lane.refund.stage !== ""
            }
        }
    }
}
