import QtQuick
import "../theme"

// A line drawing in one colour, drawn at the size it is shown. A picture and no Shape: drawn by software, a Shape shows
// outside the list that cuts off its row (Qt 6.12).
Image {
    id: icon

    property color color: Theme.ink
    property string name: ""
    property int size: Theme.px(44)
    property real stroke: 2

    readonly property var paths: ({
            "plus": "<path d='M12 5v14M5 12h14'/>",
            "minus": "<path d='M5 12h14'/>",
            "close": "<path d='M6 6l12 12M18 6L6 18'/>",
            "back": "<path d='M15 5l-7 7 7 7'/>",
            "undo": "<path d='M9 14.500l-5-5 5-5M4.500 9.500H14a5.500 5.500 0 0 1 0 11h-3.500'/>",
            "check": "<path d='M4.5 12.5l5 5 10-11'/>",
            "trash": "<path d='M4 7h16M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 11v5.5M14 11v5.5'/>",
            "help": "<circle cx='12' cy='12' r='9'/><path d='M9.3 9.3a2.8 2.8 0 1 1 4 2.6c-.9.4-1.3 1-1.3 2'/><path d='M12 17v.01'/>",
            "alert": "<path d='M12 4L2.8 19.5h18.4z'/><path d='M12 10v4.5M12 17v.01'/>",
            "apple": "<path d='M12 8c-2-2-7-1.500-7 4 0 4 2.500 8 5 8 1 0 1.200-.5 2-.5s1 .5 2 .5c2.500 0 5-4 5-8 0-5.500-5-6-7-4z'/><path d='M12 8c0-2 1-4 3-4.500'/>",
            "keypad": "<rect x='4' y='3.500' width='16' height='17' rx='3'/><path d='M8.500 8v.01M12 8v.01M15.500 8v.01M8.500 12v.01M12 12v.01M15.500 12v.01M8.500 16v.01M12 16v.01M15.500 16v.01'/>",
            "bag": "<path d='M5 8.500h14l-1 12H6z'/><path d='M8.500 11V7a3.500 3.500 0 0 1 7 0v4'/>",
            "phone": "<rect x='7' y='2.500' width='10' height='19' rx='2.500'/><path d='M11 18.500h2'/>",
            "card": "<rect x='3' y='5.500' width='18' height='13' rx='2.500'/><path d='M3 10h18M6.500 15h3'/>",
            "scan": "<path d='M4 8V5.500A1.500 1.500 0 0 1 5.500 4H8M16 4h2.500A1.500 1.500 0 0 1 20 5.500V8M20 16v2.500a1.500 1.500 0 0 1-1.500 1.500H16M8 20H5.500A1.500 1.500 0 0 1 4 18.500V16M8 9v6M12 9v6M16 9v6'/>",
            "printer": "<path d='M7 8V3.500h10V8M7 17H4.500V9.500A1.500 1.500 0 0 1 6 8h12a1.500 1.500 0 0 1 1.500 1.500V17H17M7 14h10v6.500H7z'/>",
            "leaf": "<path d='M5 19c0-9 5-14 15-14 0 10-5 14-11 14-2 0-3-1-4 1M9 15c2-3 4-4.500 7-6'/>",
            "noCamera": "<path d='M3 3l18 18M9 5.500h4.500l1.500 2.500h3.500A1.500 1.500 0 0 1 20 9.500v7M17 19H5.500A1.500 1.500 0 0 1 4 17.500v-8A1.500 1.500 0 0 1 5.500 8M14.500 14.500a3.200 3.200 0 0 1-4.300-4.300'/>",
            "noCash": "<rect x='3' y='6.500' width='18' height='11' rx='2'/><circle cx='12' cy='12' r='2.500'/><path d='M4 20.500L20 3.500'/>",
            "clock": "<circle cx='12' cy='12' r='9'/><path d='M12 7v5.500l3.500 2'/>",
            "offline": "<path d='M3 3l18 18M5 12.500a10 10 0 0 1 4-2.400M2.500 9A14 14 0 0 1 7 6.200M12 5c3.600 0 7 1.400 9.500 4M15 10.300c1.500.5 2.800 1.200 4 2.200M8.500 16a5 5 0 0 1 6 0M12 19.500v.01'/>",
            "pause": "<circle cx='12' cy='12' r='9'/><path d='M9.500 8.500v7M14.500 8.500v7'/>",
            "badge": "<rect x='5' y='5' width='14' height='16' rx='2.500'/><path d='M10 5V3h4v2'/><circle cx='12' cy='11.500' r='2.300'/><path d='M8.500 18c.5-2 1.800-3 3.500-3s3 1 3.500 3'/>",
            "tag": "<path d='M4 4h8l8.500 8.500-8 8L4 12z'/><path d='M8 8v.01'/>",
            "weigh": "<path d='M4 20h16L18 9H6zM9 9a3 3 0 1 1 6 0M12 15l2-2.500'/>",
            "member": "<circle cx='12' cy='8.500' r='4'/><path d='M4.500 20.500c.6-4 3.600-6 7.500-6s6.900 2 7.500 6'/>",
            "star": "<path d='M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1.100 5.900-5.300-2.900-5.300 2.900 1.100-5.900-4.300-4.100 5.900-.8z'/>",
            "gift": "<path d='M4.500 11v9.500h15V11M3 7.500h18V11H3zM12 7.500v13M12 7.500c-1-3-5.500-4-5.500-1.500 0 1.500 3 1.500 5.500 1.500zM12 7.500c1-3 5.500-4 5.500-1.500 0 1.500-3 1.500-5.500 1.500z'/>",
            "packet": "<rect x='5' y='3' width='14' height='18' rx='2.500'/><path d='M5 7.500c4 3.500 10 3.500 14 0'/><circle cx='12' cy='11.500' r='2.200'/>",
            "parking": "<rect x='3.500' y='3.500' width='17' height='17' rx='4'/><path d='M9.500 17V7.500h3.500a2.900 2.900 0 0 1 0 5.800H9.500'/>",
            "ticket": "<path d='M3.500 7h17v3.200a1.900 1.900 0 0 0 0 3.600V17h-17v-3.200a1.900 1.900 0 0 0 0-3.600zM14.500 7v10'/>",
            "erase": "<path d='M9 6h11v12H9l-6-6zM12 9.500l5 5M17 9.500l-5 5'/>"
        })

    asynchronous: true
    cache: true
    height: size
    source: name === "" ? "" : "data:image/svg+xml;utf8," + encodeURIComponent("<svg xmlns='http://www.w3.org/2000/svg' width='" + icon.size + "' height='" + icon.size + "' viewBox='0 0 24 24' fill='none' stroke='" + icon.color + "' stroke-width='" + icon.stroke + "' stroke-linecap='round' stroke-linejoin='round'>" + (paths[name] ?? "") + "</svg>")
    sourceSize: Qt.size(size, size)
    width: size
}
