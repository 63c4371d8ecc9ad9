import QtQuick
import QtQuick.Shapes
import "../theme"

// A line drawing in one colour, on a ground of 24 by 24. A path and no picture: one from a data address is fetched on a
// thread of its own and comes later than its screen.
Item {
    id: icon

    property color color: Theme.ink
    property bool mirror: false
    property string name: ""
    property int size: Theme.px(44)
    property real stroke: 2

    readonly property var paths: ({
            "plus": "M12 5v14M5 12h14",
            "minus": "M5 12h14",
            "close": "M6 6l12 12M18 6L6 18",
            "back": "M15 5l-7 7 7 7",
            "check": "M4.5 12.5l5 5 10-11",
            "trash": "M4 7h16M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 11v5.5M14 11v5.5",
            "help": "M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z M9.3 9.3a2.8 2.8 0 1 1 4 2.6c-.9.4-1.3 1-1.3 2 M12 17v.01",
            "alert": "M12 4L2.8 19.5h18.4z M12 10v4.5M12 17v.01",
            "apple": "M12 8c-2-2-7-1.5-7 4 0 4 2.5 8 5 8 1 0 1.2-.5 2-.5s1 .5 2 .5c2.5 0 5-4 5-8 0-5.5-5-6-7-4z M12 8c0-2 1-4 3-4.5",
            "keypad": "M7 3.5h10a3 3 0 0 1 3 3v11a3 3 0 0 1 -3 3h-10a3 3 0 0 1 -3 -3v-11a3 3 0 0 1 3 -3z M8.5 8v.01M12 8v.01M15.5 8v.01M8.5 12v.01M12 12v.01M15.5 12v.01M8.5 16v.01M12 16v.01M15.5 16v.01",
            "bag": "M5 8.5h14l-1 12H6z M8.5 11V7a3.5 3.5 0 0 1 7 0v4",
            "phone": "M9.5 2.5h5a2.5 2.5 0 0 1 2.5 2.5v14a2.5 2.5 0 0 1 -2.5 2.5h-5a2.5 2.5 0 0 1 -2.5 -2.5v-14a2.5 2.5 0 0 1 2.5 -2.5z M11 18.5h2",
            "card": "M5.5 5.5h13a2.5 2.5 0 0 1 2.5 2.5v8a2.5 2.5 0 0 1 -2.5 2.5h-13a2.5 2.5 0 0 1 -2.5 -2.5v-8a2.5 2.5 0 0 1 2.5 -2.5z M3 10h18M6.5 15h3",
            "scan": "M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M8 9v6M12 9v6M16 9v6",
            "printer": "M7 8V3.5h10V8M7 17H4.5V9.5A1.5 1.5 0 0 1 6 8h12a1.5 1.5 0 0 1 1.5 1.5V17H17M7 14h10v6.5H7z",
            "leaf": "M5 19c0-9 5-14 15-14 0 10-5 14-11 14-2 0-3-1-4 1M9 15c2-3 4-4.5 7-6",
            "noCash": "M5 6.5h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2z M9.5 12a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z M4 20.5L20 3.5",
            "clock": "M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z M12 7v5.5l3.5 2",
            "offline": "M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M2.5 9A14 14 0 0 1 7 6.2M12 5c3.6 0 7 1.4 9.5 4M15 10.3c1.5.5 2.8 1.2 4 2.2M8.5 16a5 5 0 0 1 6 0M12 19.5v.01",
            "pause": "M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z M9.5 8.5v7M14.5 8.5v7",
            "badge": "M7.5 5h9a2.5 2.5 0 0 1 2.5 2.5v11a2.5 2.5 0 0 1 -2.5 2.5h-9a2.5 2.5 0 0 1 -2.5 -2.5v-11a2.5 2.5 0 0 1 2.5 -2.5z M10 5V3h4v2 M9.7 11.5a2.3 2.3 0 1 0 4.6 0a2.3 2.3 0 1 0 -4.6 0z M8.5 18c.5-2 1.8-3 3.5-3s3 1 3.5 3",
            "tag": "M4 4h8l8.5 8.5-8 8L4 12z M8 8v.01",
            "weigh": "M4 20h16L18 9H6zM9 9a3 3 0 1 1 6 0M12 15l2-2.5",
            "erase": "M9 6h11v12H9l-6-6zM12 9.5l5 5M17 9.5l-5 5"
        })

    height: size
    width: size

    Shape {
        height: 24
        visible: icon.name !== ""
        width: 24
        x: icon.mirror ? icon.width : 0

        transform: Scale {
            xScale: (icon.mirror ? -1 : 1) * icon.size / 24
            yScale: icon.size / 24
        }

        ShapePath {
            capStyle: ShapePath.RoundCap
            fillColor: "transparent"
            joinStyle: ShapePath.RoundJoin
            strokeColor: icon.color
            strokeWidth: icon.stroke

            PathSvg {
                path: icon.paths[icon.name] ?? ""
            }
        }
    }
}
